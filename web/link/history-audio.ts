import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Send } from './uplink.ts';
import type { Clock } from '#kernel/clock';
import { AudioKind, encodeAudio } from '#protocol';

/** Context makes an answer better, its absence only plainer: storage that hangs must not hold up the call. */
const LOAD_BUDGET_MS = 1_000;
/** A quarter of a second; half of what a binary message may hold. */
const FRAME_BYTES = 8 * 1024;

/** Loads the audio of earlier turns, as much as comes within a second; in the order asked for. */
export async function loadHistory(
  need: readonly string[],
  audioOf: (utterance: string) => Promise<Uint8Array<ArrayBuffer> | undefined>,
  clock: Clock,
): Promise<{ utterance: string; pcm: Uint8Array<ArrayBuffer> }[]> {
  const loaded = new Map<string, Uint8Array<ArrayBuffer>>();
  const loading = need.map(async (utterance) => {
    const pcm = await audioOf(utterance).catch(() => undefined);
    if (pcm && pcm.length > 0) loaded.set(utterance, pcm);
  });
  let cancel = () => {};
  const timeout = new Promise<void>((resolve) => (cancel = clock.after(LOAD_BUDGET_MS, resolve)));
  await Promise.race([Promise.all(loading), timeout]);
  cancel();
  return need.flatMap((utterance) => {
    const pcm = loaded.get(utterance);
    return pcm ? [{ utterance, pcm }] : [];
  });
}

/** Hands one earlier turn over as context: the same begin, frames and commit, but never answered. */
export function sendHistory(send: Send, handle: number, utterance: string, pcm: Uint8Array<ArrayBuffer>): void {
  send({ type: 'begin', utterance, handle, role: 'history' });
  let frames = 0;
  for (let at = 0; at < pcm.length; at += FRAME_BYTES) {
    const frame = pcm.subarray(at, at + FRAME_BYTES);
    send(encodeAudio({ kind: AudioKind.user, attempt: 0, handle, sequence: frames++, sample: at / 2, pcm: frame }));
  }
  send({ type: 'commit', utterance, frames, bytes: pcm.length, sha256: bytesToHex(sha256(pcm)), after: 0 });
}

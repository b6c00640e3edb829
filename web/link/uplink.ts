import type { LinkUtterance } from './link-utterance.ts';
import { AudioKind, encodeAudio, LIMITS, type ClientMessage, type TurnReport } from '#protocol';

export type Send = (message: ClientMessage | Uint8Array<ArrayBuffer>) => void;

/** An utterance on the current connection: its handle there and what has been sent. */
interface Binding {
  handle: number;
  nextFrame: number;
  isCommitted: boolean;
  /** Times the relay asked again without accepting in between. */
  naks: number;
}

/** A relay that keeps refusing the same audio will not take it the next time either. */
const MAX_NAKS = 5;

/**
 * Sends what the relay lacks of each utterance, as it is being spoken. Holds nothing of its own but the bindings of
 * the present connection: the utterances are the outbox.
 */
export class Uplink {
  readonly #utterances: ReadonlyMap<string, LinkUtterance>;
  readonly #bindings = new Map<LinkUtterance, Binding>();
  readonly #byHandle = new Map<number, LinkUtterance>();
  #send: Send | undefined;
  #nextHandle = 0;
  #nextBarrier = 1;

  /** `utterances` in the order they were spoken; shared with the owner, who adds and removes. */
  constructor(utterances: ReadonlyMap<string, LinkUtterance>) {
    this.#utterances = utterances;
  }

  /** Takes up a new connection at what its relay still knows. Handles below `firstHandle` are taken. */
  attach(send: Send, reports: Readonly<Record<string, TurnReport>>, firstHandle = 0): void {
    this.#send = send;
    this.#nextHandle = firstHandle;
    for (const [id, report] of Object.entries(reports)) {
      // Discarded while we were away; it would block a place until its time to live is over.
      if (report.state === 'assembling' && !this.#utterances.has(id)) send({ type: 'discard', utterance: id });
    }
    for (const utterance of this.#utterances.values()) {
      const report = reports[utterance.id];
      if (utterance.hasFailed || (utterance.reply.isWhole && !report)) continue;
      if (report) this.#rebind(utterance, report);
      this.pump(utterance);
    }
  }

  detach(): void {
    this.#send = undefined;
    this.#bindings.clear();
    this.#byHandle.clear();
    for (const utterance of this.#utterances.values()) utterance.reply.disconnect();
  }

  utteranceOf(handle: number): LinkUtterance | undefined {
    return this.#byHandle.get(handle);
  }

  /** Sends what can be sent of this utterance: a begin, frames, the commit. */
  pump(utterance: LinkUtterance): void {
    const send = this.#send;
    if (!send || utterance.hasFailed) return;
    const binding = this.#bindings.get(utterance) ?? this.#bind(utterance);
    if (!binding) return;
    for (; binding.nextFrame < utterance.frames.length; binding.nextFrame++) {
      const pcm = utterance.frames[binding.nextFrame];
      if (!pcm) break;
      const { handle, nextFrame: sequence } = binding;
      const sample = utterance.sampleOf(sequence);
      send(encodeAudio({ kind: AudioKind.user, attempt: 0, handle, sequence, sample, pcm }));
    }
    if (!utterance.claim || binding.isCommitted || utterance.reply.isWhole) return;
    const { frames, bytes, sha256, speculative } = utterance.claim;
    const after = utterance.reply.attempt;
    binding.isCommitted = true;
    send({
      type: 'commit',
      utterance: utterance.id,
      frames,
      bytes,
      sha256,
      after,
      ...(speculative && { speculative }),
    });
  }

  /** The claim changed: it is the end after all, or is asked again after a failure. */
  committed(utterance: LinkUtterance): void {
    const binding = this.#bindings.get(utterance);
    if (binding) binding.isCommitted = false;
    this.pump(utterance);
  }

  /** The speaker went on, or the running attempt is worthless. */
  reopened(utterance: LinkUtterance): void {
    const binding = this.#bindings.get(utterance);
    if (!this.#send || !binding?.isCommitted) {
      utterance.reply.void();
      return;
    }
    binding.isCommitted = false;
    const barrier = this.#nextBarrier++;
    utterance.reply.bar(barrier);
    this.#send({ type: 'reopen', utterance: utterance.id });
    this.#send({ type: 'ping', t: -barrier });
  }

  /** A pong of ours, if `t` is negative: the heartbeat's are not. */
  ponged(t: number): void {
    if (t >= 0) return;
    for (const utterance of this.#utterances.values()) utterance.reply.lift(-t);
  }

  /** The owner let it go; the next one in line gets its place. */
  removed(utterance: LinkUtterance, last?: ClientMessage): void {
    this.#unbind(utterance);
    if (last) this.#send?.(last);
    for (const waiting of this.#utterances.values()) if (!waiting.reply.isWhole) this.pump(waiting);
  }

  /** Sends a message of the moment, or nothing while there is no connection to make it true on. */
  tell(message: ClientMessage): void {
    this.#send?.(message);
  }

  accepted(utterance: LinkUtterance): void {
    const binding = this.#bindings.get(utterance);
    if (binding) binding.naks = 0;
  }

  /** The relay wants frames again, from `have`. False: it has asked too often. */
  nak(utterance: LinkUtterance, have: number): boolean {
    const binding = this.#bindings.get(utterance);
    if (!binding) return true;
    if (++binding.naks > MAX_NAKS) return false;
    binding.nextFrame = Math.min(have, utterance.frames.length);
    binding.isCommitted = false;
    this.pump(utterance);
    return true;
  }

  /** The relay has forgotten it, or (no utterance) one it cannot name: begin again and send everything. */
  forgotten(utterance?: LinkUtterance): boolean {
    if (!utterance) return [...this.#bindings.keys()].every((bound) => bound.reply.isWhole || this.forgotten(bound));
    const binding = this.#bindings.get(utterance);
    if (!binding) return true;
    this.#send?.({ type: 'begin', utterance: utterance.id, handle: binding.handle, role: 'turn' });
    return this.nak(utterance, 0);
  }

  #rebind(utterance: LinkUtterance, report: TurnReport): void {
    const isAnswering = report.state !== 'assembling';
    if (isAnswering && report.frames !== utterance.claim?.frames) {
      // It answers an earlier, shorter state of the utterance. Before the begin, so that none of that arrives here.
      utterance.reply.void(report.attempt);
      this.#send?.({ type: 'reopen', utterance: utterance.id });
    }
    const binding = this.#bind(utterance);
    if (!binding) return;
    binding.nextFrame = Math.min(report.frames, utterance.frames.length);
    const { played } = utterance;
    if (isAnswering && played?.attempt === report.attempt) {
      this.#send?.({ type: 'played', utterance: utterance.id, ...played });
    }
  }

  #bind(utterance: LinkUtterance): Binding | undefined {
    if (!this.#send || !this.#hasPlace()) return undefined;
    const binding: Binding = { handle: this.#nextHandle++, nextFrame: 0, isCommitted: false, naks: 0 };
    this.#bindings.set(utterance, binding);
    this.#byHandle.set(binding.handle, utterance);
    this.#send({ type: 'begin', utterance: utterance.id, handle: binding.handle, role: 'turn' });
    return binding;
  }

  /** A relay holds only so many. One whose answer failed makes room: a retry can begin it again. */
  #hasPlace(): boolean {
    if (this.#bindings.size < LIMITS.maxOpenUtterances) return true;
    const failed = [...this.#bindings.keys()].find((utterance) => utterance.hasFailed);
    if (!failed) return false;
    this.#unbind(failed);
    this.#send?.({ type: 'discard', utterance: failed.id });
    return true;
  }

  #unbind(utterance: LinkUtterance): void {
    const binding = this.#bindings.get(utterance);
    if (!binding) return;
    this.#bindings.delete(utterance);
    this.#byHandle.delete(binding.handle);
  }
}

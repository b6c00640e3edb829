import { afterEach, describe, expect, it } from 'vitest';
import { findRecognitionProgram } from '../../e2e/audio/recognition-program.ts';
import { findSpeechProgram } from '../../e2e/audio/speech-program.ts';
import { understood } from '../../e2e/audio/words.ts';
import { createFakeSynthesiser } from '../../e2e/fakes/speech-server.ts';
import { createFakeRecogniser } from '../../e2e/fakes/transcription-server.ts';
import { startRelay } from '../dialects/earshot/testing/relay.ts';
import { createRecogniser } from '../upstream/recogniser/recogniser.ts';
import { createSynthesiser } from '../upstream/synthesiser/synthesiser.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const BOOK = [
  'The old man went down to the river in the morning.',
  'He looked at the water for a long time.',
  'Then he took his hat and walked back to the house.',
  'His wife was standing at the door with the children.',
  'There was no news from the city that day.',
  'They ate their dinner and talked about the weather.',
];
/** Something over half a minute, so that it is transcribed in pieces. */
const TEXT = [...BOOK, ...BOOK].join(' ');

/** Kept until it is read: the time of the first byte and all of them. */
async function timed(response: Promise<Response>): Promise<{ firstMs: number; bytes: Buffer; totalMs: number }> {
  const startedAtMs = performance.now();
  const { body, status } = await response;
  if (!body || status !== 200) throw new Error(`HTTP ${status}`);
  const pieces: Uint8Array[] = [];
  let firstMs = 0;
  for await (const piece of body as unknown as AsyncIterable<Uint8Array>) {
    firstMs ||= performance.now() - startedAtMs;
    pieces.push(piece);
  }
  return { firstMs, bytes: Buffer.concat(pieces), totalMs: performance.now() - startedAtMs };
}

describe('the speech routes with real speech programs behind them', () => {
  it('write down what they have read aloud', { timeout: 120_000 }, async (context) => {
    const [ears, voice] = await Promise.all([findRecognitionProgram(), findSpeechProgram()]);
    context.skip(!ears, 'pocketsphinx or its English model is not installed');
    context.skip(voice?.name !== 'flite', 'flite is not installed');
    const hears = await createFakeRecogniser({ script: { hear: (audio) => ears!.recognise(audio) } });
    const speaks = await createFakeSynthesiser({ script: { wire: 'wav', speak: (text) => voice!.synthesize(text) } });
    const timeouts = { firstEventMs: 30_000 };
    const recogniser = createRecogniser({ baseUrl: hears.baseUrl, timeouts });
    const synthesiser = createSynthesiser({ baseUrl: speaks.baseUrl, timeouts });
    const relay = await startRelay({ recogniser, synthesiser });
    for (const part of [hears, speaks, recogniser, synthesiser]) closing.push(() => part.close());
    closing.push(() => relay.stop());
    const read = () =>
      timed(
        fetch(`${relay.url}/read`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ text: TEXT }),
        }),
      );

    const fresh = await read();
    // The quickest of three: whatever else the machine does can only add.
    const [again] = [await read(), await read(), await read()].sort((a, b) => a.firstMs - b.firstMs);
    if (!again) throw new Error('nothing was read');
    expect(again.bytes.equals(fresh.bytes)).toBe(true);
    // Each sentence was made once, though the text has all of them twice.
    expect(speaks.requests).toHaveLength(BOOK.length);
    expect(again.firstMs).toBeLessThan(fresh.firstMs);
    const seconds = (fresh.bytes.length - 44) / 48_000;
    expect(seconds).toBeGreaterThan(30);

    const form = new FormData();
    form.set('audio', new Blob([new Uint8Array(fresh.bytes)]));
    form.set('response_format', 'verbose_json');
    const response = await fetch(`${relay.url}/voice/transcribe`, { method: 'POST', body: form });
    const { text, duration, segments } = (await response.json()) as {
      text: string;
      duration: number;
      segments: { start: number; end: number }[];
    };
    expect(duration).toBeCloseTo(seconds, 1);
    expect(segments.length).toBeGreaterThanOrEqual(2);
    expect(understood(TEXT, text)).toBeGreaterThanOrEqual(0.8);
    process.stdout.write(
      `read ${seconds.toFixed(1)} s of speech: first sound after ${fresh.firstMs.toFixed(0)} ms, all after ` +
        `${fresh.totalMs.toFixed(0)} ms; from memory ${again.firstMs.toFixed(1)} and ${again.totalMs.toFixed(1)} ms; ` +
        `${(100 * understood(TEXT, text)).toFixed(0)} % of the words written down again\n`,
    );
  });
});

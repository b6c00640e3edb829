import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ServerVad } from '../../vad/turn-detection.ts';
import { Dictation } from './testing/dictation.ts';

const VAD: ServerVad = {
  ...{ type: 'server-vad', threshold: 0.5, prefixPaddingMs: 300, silenceDurationMs: 800 },
  ...{ createResponse: true, interruptResponse: true },
};
const samples = (ms: number) => ms * 16;

describe('live transcription with turn detection', () => {
  it('tells an utterance from its beginning to its words, and what is understood in between', async () => {
    const dictation = new Dictation({ turnDetection: VAD, language: 'en', prompt: 'Earshot' });
    await dictation.speak(500);
    dictation.ears.detector.signal({ kind: 'started', startSample: samples(400) });
    await dictation.speak(3_000);
    dictation.ears.detector.signal({ kind: 'stopped', endSample: samples(2_600) });
    await dictation.wait(200);
    expect(dictation.course).toEqual(['speech-started', 'speech-stopped', 'committed', 'completed']);
    const [started] = dictation.all('speech-started');
    const [stopped] = dictation.all('speech-stopped');
    const [committed] = dictation.all('committed');
    const [completed] = dictation.all('completed');
    expect(started?.startMs).toBe(100);
    expect(stopped?.endMs).toBe(2_600);
    expect(committed?.itemId).toBe(started?.itemId);
    expect(completed).toMatchObject({ itemId: started?.itemId, text: 'one two three four five' });
    expect(completed?.language).toBe('en');
    expect(dictation.all('interim').at(-1)).toMatchObject({
      ...{ stable: 'one two three four', tentative: ' five', language: 'en' },
    });
    const { request } = dictation.recogniser.asked.at(-1)!;
    expect(request).toMatchObject({ language: 'en', prompt: 'Earshot' });
    expect(request.audio.length).toBe(2 * samples(2_500));
  });

  it('asks for one interim at a time, at least 600 ms apart, and leaves a slow recogniser as long a rest', async () => {
    const beginningsOf = async (takesMs: number) => {
      const dictation = new Dictation({ turnDetection: VAD });
      dictation.recogniser.takesMs = takesMs;
      dictation.ears.detector.signal({ kind: 'started', startSample: 0 });
      await dictation.speak(5_000);
      expect(dictation.recogniser.mostAtOnce).toBe(1);
      const times = dictation.recogniser.asked.map(({ atMs }) => atMs);
      return times.slice(1).map((atMs, i) => atMs - times[i]!);
    };
    expect(Math.min(...(await beginningsOf(100)))).toBe(600);
    expect(Math.min(...(await beginningsOf(500)))).toBe(1_000);
  });

  it('asks for the words at a pause and has them when the turn is over', async () => {
    const dictation = new Dictation({ turnDetection: VAD });
    dictation.ears.detector.signal({ kind: 'started', startSample: 0 });
    await dictation.speak(2_000);
    dictation.ears.detector.signal({ kind: 'paused', endSample: samples(1_600) });
    await dictation.wait(300);
    const asked = dictation.recogniser.asked.length;
    dictation.ears.detector.signal({ kind: 'stopped', endSample: samples(1_600) });
    await dictation.wait(0);
    expect(dictation.all('completed')).toMatchObject([{ text: 'one two three' }]);
    expect(dictation.recogniser.asked).toHaveLength(asked);
  });

  it('asks anew when the speaker went on after a pause, or the words at the pause could not be had', async () => {
    const dictation = new Dictation({ turnDetection: VAD });
    dictation.ears.detector.signal({ kind: 'started', startSample: 0 });
    await dictation.speak(1_000);
    dictation.ears.detector.signal({ kind: 'paused', endSample: samples(900) });
    dictation.ears.detector.signal({ kind: 'resumed' });
    await dictation.speak(1_000);
    dictation.recogniser.fails = { kind: 'failed', problem: { kind: 'upstream-busy', retry: 'later' } };
    dictation.ears.detector.signal({ kind: 'paused', endSample: samples(2_000) });
    await dictation.wait(300);
    dictation.recogniser.fails = undefined;
    dictation.ears.detector.signal({ kind: 'stopped', endSample: samples(2_000) });
    await dictation.wait(300);
    expect(dictation.all('completed')).toMatchObject([{ text: 'one two three four' }]);
  });

  it('stops a running interim when the utterance ends', async () => {
    const dictation = new Dictation({ turnDetection: VAD });
    dictation.recogniser.takesMs = 5_000;
    dictation.ears.detector.signal({ kind: 'started', startSample: 0 });
    await dictation.speak(1_000);
    const [interim] = dictation.recogniser.asked;
    dictation.ears.detector.signal({ kind: 'stopped', endSample: samples(1_000) });
    await dictation.wait(0);
    expect(interim?.signal.aborted).toBe(true);
    expect(dictation.recogniser.running).toBe(1);
  });

  it('tells the words of several utterances in the order in which they were spoken', async () => {
    const dictation = new Dictation({ turnDetection: VAD });
    for (const [i, takesMs] of [3_000, 100].entries()) {
      dictation.recogniser.takesMs = takesMs;
      dictation.ears.detector.signal({ kind: 'started', startSample: samples(i * 1_000) });
      await dictation.speak(1_000);
      dictation.ears.detector.signal({ kind: 'stopped', endSample: samples((i + 1) * 1_000) });
      await dictation.wait(0);
    }
    await dictation.wait(500);
    expect(dictation.all('completed')).toHaveLength(0);
    await dictation.wait(3_000);
    const ids = dictation.all('committed').map(({ itemId }) => itemId);
    expect(dictation.all('completed').map(({ itemId }) => itemId)).toEqual(ids);
  });

  it('ends with a listener that fails, whoever called it, and troubles nobody else', async () => {
    for (const failsOn of ['interim', 'completed', 'committed'] as const) {
      const dictation = new Dictation({ turnDetection: VAD });
      dictation.failsOn = failsOn;
      dictation.ears.detector.signal({ kind: 'started', startSample: 0 });
      await dictation.speak(1_500);
      dictation.ears.detector.signal({ kind: 'stopped', endSample: samples(1_500) });
      await dictation.wait(1_000);
      expect(dictation.bugs, failsOn).toEqual([{ event: failsOn, reason: 'not my day' }]);
      expect([dictation.isBroken, dictation.ears.detector.isClosed, dictation.recogniser.running]).toEqual([
        ...[true, true, 0],
      ]);
    }
  });

  it('commits by hand what is being said, and nothing where nothing is', async () => {
    const dictation = new Dictation({ turnDetection: VAD });
    expect(dictation.transcription.commit()?.kind).toBe('buffer-empty');
    await dictation.speak(1_000);
    expect(dictation.transcription.commit()).toBeUndefined();
    expect(dictation.events).toEqual([]);
    dictation.ears.detector.signal({ kind: 'started', startSample: samples(500) });
    await dictation.speak(1_000);
    expect(dictation.transcription.commit()).toBeUndefined();
    await dictation.wait(500);
    expect(dictation.course).toEqual(['speech-started', 'committed', 'completed']);
  });

  it('says that an utterance could not be written down, and goes on', async () => {
    const dictation = new Dictation({ turnDetection: VAD });
    dictation.recogniser.fails = { kind: 'failed', problem: { kind: 'upstream-rejected', retry: 'never' } };
    dictation.ears.detector.signal({ kind: 'started', startSample: 0 });
    await dictation.speak(4_000);
    // Interims are given up for this utterance, not for the next.
    expect(dictation.recogniser.asked).toHaveLength(2);
    dictation.ears.detector.signal({ kind: 'stopped', endSample: samples(4_000) });
    await dictation.wait(200);
    expect(dictation.all('failed')).toMatchObject([{ problem: { kind: 'upstream-rejected' } }]);
    dictation.recogniser.fails = undefined;
    dictation.ears.detector.signal({ kind: 'started', startSample: samples(4_000) });
    await dictation.speak(1_000);
    expect(dictation.all('interim').length).toBeGreaterThan(0);
  });

  it('finishes with the words of what was being said', async () => {
    const dictation = new Dictation({ turnDetection: VAD });
    dictation.ears.detector.signal({ kind: 'started', startSample: 0 });
    await dictation.speak(1_500);
    let isFinished = false;
    void dictation.transcription.finish().then(() => (isFinished = true));
    await dictation.wait(100);
    expect(isFinished).toBe(false);
    await dictation.wait(100);
    expect(isFinished).toBe(true);
    expect(dictation.course).toEqual(['speech-started', 'speech-stopped', 'committed', 'completed']);
    expect(dictation.all('speech-stopped')[0]?.endMs).toBe(1_500);
    expect(dictation.ears.detector.isClosed).toBe(true);
  });
});

describe('live transcription without turn detection', () => {
  it('writes down what is committed, at whatever rate it comes', async () => {
    const dictation = new Dictation({ inputRateHz: 32_000 });
    await dictation.speak(2_000);
    expect(dictation.transcription.commit()).toBeUndefined();
    await dictation.wait(300);
    expect(dictation.course).toEqual(['committed', 'completed']);
    expect(dictation.all('completed')).toMatchObject([{ text: 'one two three four' }]);
    expect(dictation.all('interim').length).toBeGreaterThan(0);
  });

  it('asks nobody about silence', async () => {
    const dictation = new Dictation();
    await dictation.speak(2_000, 20);
    dictation.transcription.commit();
    await dictation.wait(0);
    expect(dictation.all('completed')).toMatchObject([{ text: '' }]);
    expect(dictation.recogniser.asked).toHaveLength(0);
  });

  it('refuses to commit nothing, and to take in more than a minute', async () => {
    const dictation = new Dictation();
    expect(dictation.transcription.commit()?.kind).toBe('buffer-empty');
    await dictation.speak(60_000);
    expect(dictation.transcription.append(new Uint8Array(2))?.kind).toBe('buffer-full');
    expect(dictation.transcription.commit()).toBeUndefined();
    expect(dictation.transcription.commit()?.kind).toBe('buffer-empty');
    expect(dictation.transcription.append(new Uint8Array(2))).toBeUndefined();
  });

  it('forgets what is cleared', async () => {
    const dictation = new Dictation();
    await dictation.speak(1_000);
    dictation.transcription.clear();
    await dictation.wait(1_000);
    expect(dictation.course).toEqual(['cleared']);
    expect(dictation.recogniser.running).toBe(0);
    expect(dictation.transcription.commit()?.kind).toBe('buffer-empty');
  });

  it('begins anew when turn detection is switched on', async () => {
    const dictation = new Dictation();
    await dictation.speak(1_000);
    dictation.transcription.configure({ inputRateHz: 16_000, turnDetection: VAD });
    dictation.ears.detector.signal({ kind: 'started', startSample: samples(200) });
    await dictation.speak(1_000);
    expect(dictation.all('speech-started')).toMatchObject([{ startMs: 1_000 }]);
  });

  it('tells nothing any more once it is closed', async () => {
    const dictation = new Dictation();
    await dictation.speak(1_000);
    dictation.transcription.commit();
    const before = dictation.events.length;
    dictation.transcription.close();
    await dictation.wait(1_000);
    expect(dictation.events).toHaveLength(before);
    expect(dictation.recogniser.running).toBe(0);
  });
});

describe('the interims of one utterance', () => {
  it('never take back what they called stable, whatever the recogniser says', async () => {
    const word = fc.constantFrom('turn', 'the', 'light', 'lights', 'off', '灯', '开');
    const sentences = fc.array(fc.array(word, { maxLength: 6 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(sentences, async (said) => {
        const dictation = new Dictation({ turnDetection: VAD });
        dictation.recogniser.takesMs = 10;
        let nth = 0;
        dictation.recogniser.wordsOf = () => said[nth++ % said.length]!.join(' ');
        dictation.ears.detector.signal({ kind: 'started', startSample: 0 });
        await dictation.speak(600 * said.length);
        const stable = dictation.all('interim').map((interim) => interim.stable);
        for (const [i, text] of stable.slice(1).entries()) expect(text.startsWith(stable[i]!)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});

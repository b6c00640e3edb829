import { median, reportFigures } from '../fixtures/figures.ts';
import { findSounds } from '../fixtures/hearing.ts';
import { ROOM_RATE_HZ } from '../fixtures/room.ts';
import { durationMs, threeUtterances, type Spoken } from '../fixtures/speech.ts';
import { expect, test } from '../fixtures/test.ts';

/** Enough to be sane; distributions are the rig's. */
const TURNS = 3;
const REPLY = 'Yes, that is right.';
const UPSTREAM_FIRST_AUDIO_MS = 500;

test('time to the ear, in parts and by the waveform', async ({ app, room, gpu }) => {
  test.setTimeout(180_000);
  const utterances = (await threeUtterances()) as [Spoken, Spoken, Spoken];
  gpu.script = { ...gpu.script, firstTokenMs: 100, firstAudioMs: UPSTREAM_FIRST_AUDIO_MS, reply: REPLY };
  await app.startCall();

  const offsetsMs: number[] = [];
  for (let i = 0; i < TURNS; i++) {
    const spoken = utterances[i % 3] ?? utterances[0];
    const saidMs = (await room.say(spoken.samples, spoken.rateHz)) * 1000;
    offsetsMs.push(saidMs + spoken.offsetMs);
    await app.untilTurns(Array<string>(i + 1).fill('answered'), durationMs(spoken) + 15_000);
  }
  const heard = await room.recording();
  // The cue that the turn was understood is shorter.
  const sounds = findSounds(heard.page, ROOM_RATE_HZ, { joinMs: 30, minMs: 100 });
  const earMs = offsetsMs.map(
    (offsetMs) => (sounds.find((sound) => sound.fromMs > offsetMs)?.fromMs ?? NaN) - offsetMs,
  );
  await app.endCall();
  await expect.poll(async () => (await app.log()).filter((fact) => fact.timings).length).toBe(TURNS);
  const timings = (await app.log()).flatMap((fact) => fact.timings ?? []);

  const errorsMs = timings.map(({ totalMs }, i) => totalMs - (earMs[i] ?? NaN));
  const ownMs = timings.map(({ totalMs, modelMs }) => totalMs - modelMs);
  reportFigures('time-to-the-ear', [
    { what: 'by the waveform: last voiced sample to first audible sample', values: earMs, unit: 'ms' },
    { what: 'on the screen: total', values: timings.map(({ totalMs }) => totalMs), unit: 'ms' },
    { what: 'the one less the other', values: errorsMs, unit: 'ms' },
    { what: '  wait (silence before it is sent)', values: timings.map(({ waitMs }) => waitMs), unit: 'ms' },
    { what: '  network and relay', values: timings.map(({ networkMs }) => networkMs), unit: 'ms' },
    { what: '  model (time to first audible audio)', values: timings.map(({ modelMs }) => modelMs), unit: 'ms' },
    { what: '  hold (end of turn not yet certain)', values: timings.map(({ holdMs }) => holdMs), unit: 'ms' },
    { what: '  buffer and sound device', values: timings.map(({ bufferMs }) => bufferMs), unit: 'ms' },
    { what: 'own share: total without the model', values: ownMs, unit: 'ms' },
  ]);
  expect(median(ownMs)).toBeLessThan(500);
  expect(Math.abs(median(errorsMs))).toBeLessThan(60);
});

test('barge-in: from the first spoken sample to silence', async ({ app, room, gpu }) => {
  test.setTimeout(180_000);
  const utterances = (await threeUtterances()) as [Spoken, Spoken, Spoken];
  gpu.script.reply = 'I could go on for a very long time about this, as you will hear if you let me. '.repeat(4);
  gpu.script.chunkMs = 400;
  await app.startCall();
  await room.say(utterances[0].samples, utterances[0].rateHz);

  const onsetsMs: number[] = [];
  for (let i = 1; i <= 2; i++) {
    const spoken = utterances[i % 3] ?? utterances[0];
    await app.untilStatus('speaking', 15_000);
    await app.page.waitForTimeout(1500);
    onsetsMs.push((await room.say(spoken.samples, spoken.rateHz)) * 1000 + spoken.onsetMs);
    await app.untilStatus('hearing');
    await app.page.waitForTimeout(durationMs(spoken));
  }
  await app.page.keyboard.press('Escape');
  const heard = await room.recording();

  const duckMs = onsetsMs.map((onsetMs) => fallMs(heard.page, onsetMs, -6));
  const silentMs = onsetsMs.map((onsetMs) => fallMs(heard.page, onsetMs, -50));
  reportFigures('barge-in', [
    { what: 'speech onset to answer ducked (by the waveform)', values: duckMs, unit: 'ms' },
    { what: 'speech onset to silence (by the waveform)', values: silentMs, unit: 'ms' },
  ]);
  expect(median(silentMs)).toBeLessThan(600);
});

/** How long after `fromMs` the level falls by `byDb` below what it was just before, for good (a quarter of a second). */
function fallMs(samples: Float32Array, fromMs: number, byDb: number): number {
  const level = (atMs: number, spanMs: number): number => {
    const from = Math.round((atMs * ROOM_RATE_HZ) / 1000);
    const to = from + Math.round((spanMs * ROOM_RATE_HZ) / 1000);
    let sum = 0;
    for (let i = from; i < to; i++) sum += (samples[i] ?? 0) ** 2;
    return 10 * Math.log10(sum / (to - from) + 1e-12);
  };
  const before = level(fromMs - 400, 400);
  for (let afterMs = 0; afterMs < 3000; afterMs += 5) {
    if (level(fromMs + afterMs, 150) < before + byDb) return afterMs;
  }
  return NaN;
}

import { findSounds } from '../fixtures/hearing.ts';
import { ROOM_RATE_HZ } from '../fixtures/room.ts';
import { durationMs, threeUtterances, type Spoken } from '../fixtures/speech.ts';
import { expect, test } from '../fixtures/test.ts';

const blockFor = (ms: number) => {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
};

test('a page blocked for two seconds loses no microphone frame and no sample of the answer', async ({
  app,
  room,
  gpu,
}) => {
  test.setTimeout(60_000);
  const [first] = (await threeUtterances()) as [Spoken, Spoken, Spoken];
  gpu.script.reply =
    'This answer is long enough to be playing while the page is busy with something else entirely. '.repeat(2);
  await app.startCall();

  await room.say(first.samples, first.rateHz);
  await app.untilStatus('hearing');
  await app.page.evaluate(blockFor, 2000);

  await app.untilStatus('speaking', durationMs(first) + 10_000);
  await app.page.evaluate(blockFor, 2000);
  await app.untilTurns(['answered'], 30_000);

  const heard = await room.recording();
  expect(await app.glitches()).toEqual({ lostFrames: 0, underruns: 0 });
  // All of the utterance arrived, and the answer came out in one piece, as long as it was made.
  const spokenMs = first.offsetMs - first.onsetMs;
  expect(gpu.requests.at(-1)?.audios.at(-1)?.durationMs).toBeGreaterThan(spokenMs);
  // The cues of the call and of the turn are shorter.
  const answer = findSounds(heard.page, ROOM_RATE_HZ, { joinMs: 700, minMs: 400 });
  expect(answer).toHaveLength(1);
});

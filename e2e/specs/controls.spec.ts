import { findSounds } from '../fixtures/hearing.ts';
import { ROOM_RATE_HZ } from '../fixtures/room.ts';
import { durationMs, threeUtterances, type Spoken } from '../fixtures/speech.ts';
import { expect, test } from '../fixtures/test.ts';

const LONG = 'This answer is rather long, and nobody will want to hear all of it to the very end. '.repeat(3);

test('mute stops the microphone track itself, and unmuting opens it again', async ({ app, room }) => {
  await app.startCall();
  expect(await room.liveTracks()).toBe(1);
  await app.page.getByRole('button', { name: 'Mute', exact: true }).first().click();
  await app.untilStatus('muted');
  expect(await room.liveTracks()).toBe(0);
  await app.page.keyboard.press('m');
  await app.untilStatus('listening');
  expect(await room.liveTracks()).toBe(1);
  await app.endCall();
  expect(await room.liveTracks()).toBe(0);
});

test('the stop button silences the answer at once, and the call goes on', async ({ app, room, gpu }) => {
  test.setTimeout(60_000);
  const [first] = (await threeUtterances()) as [Spoken, Spoken, Spoken];
  gpu.script.reply = LONG;
  await app.startCall();
  await room.say(first.samples, first.rateHz);
  await app.untilStatus('speaking', durationMs(first) + 10_000);
  await app.page.waitForTimeout(1000);
  const pressedMs = (await room.now()) * 1000;
  await app.page.keyboard.press('Escape');
  await app.untilStatus('listening');
  await app.page.waitForTimeout(500);
  const sounds = findSounds((await room.recording()).page, ROOM_RATE_HZ, { floorDb: -60 });
  expect((sounds.at(-1)?.toMs ?? Infinity) - pressedMs).toBeLessThan(250);
  await app.untilTurns(['interrupted']);
});

test('holding the space bar talks, through a long pause, until it is let go', async ({ app, room, gpu }) => {
  test.setTimeout(60_000);
  const [first, second] = (await threeUtterances()) as [Spoken, Spoken, Spoken];
  await app.startCall();
  await app.page.keyboard.down('Space');
  await app.untilStatus('hearing');
  await room.say(first.samples, first.rateHz);
  await app.page.waitForTimeout(durationMs(first) + 1500);
  await room.say(second.samples, second.rateHz);
  await app.page.waitForTimeout(durationMs(second));
  await app.page.keyboard.up('Space');
  await app.untilTurns(['answered'], 15_000);
  const arrived = gpu.requests.at(-1)?.audios.at(-1);
  expect(arrived?.durationMs).toBeGreaterThan(durationMs(first) + 1500);
});

const REFUSALS = [
  ['NotAllowedError', /not allowed|closed/i],
  ['NotFoundError', /no microphone/i],
  ['NotReadableError', /another|in use|busy/i],
] as const;

for (const [name, words] of REFUSALS) {
  test(`${name} is told in plain words, and the next tap tries again`, async ({ app, room }) => {
    await room.refuse(name);
    await app.talk.click();
    await app.untilStatus('trouble');
    await expect(app.page.getByRole('alert').first()).toContainText(words);
    await room.accept();
    await app.startCall();
  });
}

test('an unplugged microphone is noticed, and whichever there is now is opened', async ({ app, room }) => {
  await app.startCall();
  await room.unplug();
  await expect.poll(() => room.liveTracks()).toBe(1);
  await app.untilStatus('listening');
});

test('a failed answer is told in plain words, and asking again answers it', async ({ app, room, gpu }) => {
  test.setTimeout(60_000);
  const [first] = (await threeUtterances()) as [Spoken, Spoken, Spoken];
  gpu.script.fault = { kind: 'status', status: 500 };
  await app.startCall();
  await room.say(first.samples, first.rateHz);
  await app.untilTurns(['failed'], durationMs(first) + 15_000);
  delete gpu.script.fault;
  await app.turns.last().getByRole('button', { name: 'Ask again' }).click();
  await app.untilTurns(['answered'], 15_000);
});

test('without a model the app says so, and echoes', async ({ page, room }) => {
  test.setTimeout(60_000);
  const { RelayProcess } = await import('../fixtures/relay.ts');
  const { AppPage } = await import('../fixtures/app-page.ts');
  const relay = await RelayProcess.start({ OMNI_SERVICE_URL: '' });
  try {
    const app = new AppPage(page, relay.url);
    await app.open();
    await expect(page.getByText(/no model/i).first()).toBeVisible();
    const [first] = (await threeUtterances()) as [Spoken, Spoken, Spoken];
    await app.startCall();
    await room.say(first.samples, first.rateHz);
    await app.untilTurns(['answered'], 3 * durationMs(first) + 15_000);
    await expect(app.turns.last()).toContainText(/no model is connected/i);
    const sounds = findSounds((await room.recording()).page, ROOM_RATE_HZ, { joinMs: 1500 });
    const echoMs = sounds.reduce((sum, sound) => sum + sound.toMs - sound.fromMs, 0);
    expect(echoMs).toBeGreaterThan(first.offsetMs - first.onsetMs);
  } finally {
    await relay.kill();
  }
});

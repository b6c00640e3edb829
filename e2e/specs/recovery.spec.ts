import { durationMs, threeUtterances, type Spoken } from '../fixtures/speech.ts';
import { expect, test } from '../fixtures/test.ts';

test.describe('the relay is killed and started again', () => {
  test('in the middle of an utterance: it arrives whole and is answered once', async ({ app, room, gpu, relay }) => {
    test.setTimeout(60_000);
    const [first, second] = (await threeUtterances()) as [Spoken, Spoken, Spoken];
    await app.startCall();
    await room.say(first.samples, first.rateHz);
    await app.untilTurns(['answered'], durationMs(first) + 15_000);
    const before = gpu.requests.length;

    await room.say(second.samples, second.rateHz);
    await app.untilStatus('hearing');
    await app.page.waitForTimeout(500);
    await relay.kill();
    await app.page.waitForTimeout(durationMs(second) + 800);
    expect(gpu.requests.length).toBe(before);
    await app.untilStatus('reconnecting');
    await relay.start();

    await app.untilTurns(['answered', 'answered'], 20_000);
    const asked = gpu.requests.slice(before);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.audios.at(-1)?.durationMs).toBeGreaterThan(second.offsetMs - second.onsetMs);
    // The new relay was told what went before, the user's own voice included.
    expect(asked[0]?.body.messages.map((message) => message.role)).toEqual(['system', 'user', 'assistant', 'user']);
    expect(asked[0]?.audios).toHaveLength(2);
  });

  test('in the middle of an answer: it is asked again and heard from its beginning, as one turn', async ({
    app,
    room,
    gpu,
    relay,
  }) => {
    test.setTimeout(60_000);
    const [first] = (await threeUtterances()) as [Spoken, Spoken, Spoken];
    gpu.script.reply = 'Here is an answer of some length, so that a relay can die in the middle of it. '.repeat(2);
    // In real time, as a busy server would: most of the answer is still to come when the relay dies.
    gpu.script.pace = 0.9;
    gpu.script.chunkMs = 200;
    await app.startCall();
    await room.say(first.samples, first.rateHz);
    await app.untilStatus('speaking', durationMs(first) + 10_000);
    await app.page.waitForTimeout(1000);
    await relay.kill();
    await relay.start();

    await app.untilTurns(['answered'], 45_000);
    const finished = gpu.requests.filter((request) => request.outcome === 'finished');
    expect(finished).toHaveLength(1);
    expect(gpu.requests.length).toBeLessThanOrEqual(3);
    // Stored a moment after it is shown.
    await expect.poll(async () => (await app.log()).filter((fact) => fact.type === 'reply.heard').length).toBe(1);
  });
});

test('a reload in the middle of an utterance loses nothing: it is answered after the next tap', async ({
  app,
  room,
  gpu,
}) => {
  test.setTimeout(60_000);
  const long = (await threeUtterances()).reduce((a, b) => (durationMs(a) > durationMs(b) ? a : b));
  await app.startCall();
  await room.say(long.samples, long.rateHz);
  await app.untilStatus('hearing');
  await app.page.waitForTimeout(1200);
  await app.page.reload();
  await app.page.getByRole('complementary').getByRole('listitem').first().getByRole('button').first().click();
  await app.untilTurns(['hearing']);
  await app.talk.click();
  await app.untilTurns(['answered'], 20_000);
  expect(gpu.requests.at(-1)?.audios.at(-1)?.durationMs).toBeGreaterThan(1000);
});

test('what is said while the relay is away is kept and answered when it is back', async ({ app, room, relay, gpu }) => {
  test.setTimeout(60_000);
  const [first] = (await threeUtterances()) as [Spoken, Spoken, Spoken];
  await app.startCall();
  await relay.kill();
  await room.say(first.samples, first.rateHz);
  await app.untilStatus('reconnecting', durationMs(first) + 10_000);
  await expect(app.page.locator('#talk-status')).toContainText('kept');
  await relay.start();
  await app.untilTurns(['answered'], 30_000);
  expect(gpu.requests.filter((request) => request.outcome === 'finished')).toHaveLength(1);
});

test('a reload in the middle of an answer: what is remembered of it is what was heard, and the call goes on', async ({
  app,
  room,
  gpu,
}) => {
  test.setTimeout(60_000);
  const [first, second] = (await threeUtterances()) as [Spoken, Spoken, Spoken];
  gpu.script.reply = 'Here is an answer of some length, and nobody will hear the end of it today. '.repeat(2);
  await app.startCall();
  await room.say(first.samples, first.rateHz);
  await app.untilStatus('speaking', durationMs(first) + 10_000);
  // All of it has arrived and is stored, but most of it has not been played.
  await expect.poll(async () => (await app.log()).some((fact) => fact.type === 'reply.finished'), { timeout: 15_000 }).toBe(true);
  await app.page.reload();
  await app.page.getByRole('complementary').getByRole('listitem').first().getByRole('button').first().click();
  await app.startCall();
  await app.untilTurns(['interrupted']);
  await room.say(second.samples, second.rateHz);
  await app.untilTurns(['interrupted', 'answered'], durationMs(second) + 30_000);
  const remembered = gpu.requests.at(-1)?.body.messages.find((message) => message.role === 'assistant')?.content;
  const text = typeof remembered === 'string' ? remembered : '';
  expect(text.length).toBeGreaterThan(0);
  expect(text.length).toBeLessThan(gpu.script.reply.length);
});

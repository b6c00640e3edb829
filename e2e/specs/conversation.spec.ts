import type { Page } from '@playwright/test';
import { findSounds, levelDb } from '../fixtures/hearing.ts';
import { ROOM_RATE_HZ } from '../fixtures/room.ts';
import { durationMs, threeUtterances, type Spoken } from '../fixtures/speech.ts';
import { expect, test } from '../fixtures/test.ts';

for (const source of ['recorded', 'generated'] as const) {
  test(`a person talks (${source} speech), is answered aloud, interrupts, reloads and goes on`, async ({ app, room, gpu }) => {
    test.setTimeout(120_000);
    const [first, second, third] = (await threeUtterances(source)) as [Spoken, Spoken, Spoken];
    gpu.script.firstAudioMs = 300;
    await app.startCall();

    await room.say(first.samples, first.rateHz);
    await app.untilTurns(['answered'], durationMs(first) + 15_000);
    await room.say(second.samples, second.rateHz);
    await app.untilTurns(['answered', 'answered'], durationMs(second) + 15_000);

    gpu.next({ reply: 'This is a long answer that goes on and on, so that there is time to interrupt it. '.repeat(3) });
    await room.say(third.samples, third.rateHz);
    await app.untilStatus('speaking', durationMs(third) + 10_000);
    await app.page.waitForTimeout(1500);
    await room.say(first.samples, first.rateHz);
    await app.untilTurns(['answered', 'answered', 'interrupted', 'answered'], durationMs(first) + 15_000);

    const heard = await room.recording();
    const answers = findSounds(heard.page, ROOM_RATE_HZ, { joinMs: 700 });
    expect(answers.length).toBeGreaterThanOrEqual(4);
    for (const answer of answers) expect(answer.levelDb).toBeGreaterThan(-45);

    await app.page.reload();
    await expect(app.talk).toBeVisible();
    await reopenLatest(app.page);
    await app.untilTurns(['answered', 'answered', 'interrupted', 'answered']);
    await app.startCall();
    await room.say(second.samples, second.rateHz);
    await app.untilTurns(['answered', 'answered', 'interrupted', 'answered', 'answered'], durationMs(second) + 15_000);

    const last = gpu.requests.at(-1);
    const roles = last?.body.messages.map((message) => message.role).join(' ');
    expect(roles).toBe('system user assistant user assistant user assistant user assistant user');
    expect(last?.audios.length).toBeGreaterThanOrEqual(2);
    // What arrived is what was said: speech at its level, pre-roll and pause around it.
    const spokenMs = second.offsetMs - second.onsetMs;
    const arrived = last?.audios.at(-1);
    expect(arrived?.durationMs).toBeGreaterThan(spokenMs);
    expect(arrived?.durationMs).toBeLessThan(spokenMs + 1200);
    expect(arrived?.levelDb).toBeGreaterThan(-40);
    expect(levelDb(heard.page, ROOM_RATE_HZ, 0, 500)).toBeLessThan(-80);
    expect(await app.glitches()).toEqual({ lostFrames: 0, underruns: 0 });
  });
}

async function reopenLatest(page: Page): Promise<void> {
  const list = page.getByRole('complementary');
  if (!(await list.isVisible())) await page.getByRole('button', { name: 'Conversations' }).click();
  await list.getByRole('listitem').first().getByRole('button').first().click();
}

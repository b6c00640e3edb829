import type { Locator, Page } from '@playwright/test';
import type { FakeOmni } from '../fakes/omni-server.ts';
import { durationMs, threeUtterances, type Spoken } from '../fixtures/speech.ts';
import { expect, test } from '../fixtures/test.ts';

const GERMAN = 'Wo ist hier der nächste Bahnhof?';
const ENGLISH = 'Where is the nearest station, please?';

test('an interpreter translates turn by turn, says so all the time, and can be turned off again', async ({
  app,
  room,
  gpu,
}) => {
  test.setTimeout(90_000);
  const [first, second] = (await threeUtterances()) as [Spoken, Spoken, Spoken];
  const { page } = app;
  gpu.next({ reply: GERMAN });
  await app.startCall();
  await room.say(first.samples, first.rateHz);
  await app.untilTurns(['answered'], durationMs(first) + 15_000);

  await inSettings(page, async (settings) => {
    await settings.getByLabel('Who you talk to').selectOption('Interpreter');
    await settings.getByLabel('One language').selectOption('German');
    await settings.getByLabel('The other').selectOption('English');
  });
  await expect(page.getByText('Interpreting between German and English')).toBeVisible();
  gpu.next({ reply: ENGLISH });
  await room.say(second.samples, second.rateHz);
  await app.untilTurns(['answered', 'answered'], durationMs(second) + 15_000);
  expect(promptOf(gpu)).toMatch(/^You are an interpreter between German and English\./);
  expect(rolesOf(gpu)).toBe('system user');
  await expect(app.turns.last().getByText(ENGLISH)).toHaveAttribute('lang', 'en');
  await expect(app.turns.first().getByText(GERMAN)).toHaveAttribute('lang', 'de');

  await inSettings(page, (settings) => settings.getByLabel('Who you talk to').selectOption('Assistant'));
  await expect(page.getByText('Interpreting between German and English')).toBeHidden();
  await room.say(first.samples, first.rateHz);
  await app.untilTurns(['answered', 'answered', 'answered'], durationMs(first) + 15_000);
  expect(promptOf(gpu)).toMatch(/^You are Earshot/);
  expect(rolesOf(gpu)).toBe('system user assistant user assistant user');
});

test('each conversation keeps the persona it was given, over a reload, and new ones begin as they are to', async ({
  app,
  room,
  gpu,
}) => {
  test.setTimeout(120_000);
  const [first, second, third] = (await threeUtterances()) as [Spoken, Spoken, Spoken];
  const { page } = app;
  await inSettings(page, async (settings) => {
    await settings.getByRole('radio', { name: 'Every new one' }).check();
    await settings.getByLabel('Answers in').selectOption('French');
    await settings.getByRole('radio', { name: 'This conversation' }).check();
    await settings.getByLabel('Who you talk to').selectOption('Storyteller');
  });
  await app.startCall();
  await room.say(first.samples, first.rateHz);
  await app.untilTurns(['answered'], durationMs(first) + 15_000);
  expect(promptOf(gpu)).toMatch(/^You are a storyteller\..*Always answer in French/s);
  await app.endCall();

  await (await history(page)).getByRole('button', { name: 'New conversation' }).click();
  await app.startCall();
  await room.say(second.samples, second.rateHz);
  await app.untilTurns(['answered'], durationMs(second) + 15_000);
  expect(promptOf(gpu)).toMatch(/^You are Earshot.*Always answer in French/s);
  await app.endCall();

  await page.reload();
  await (await history(page)).getByRole('listitem').last().getByRole('button').first().click();
  await app.untilTurns(['answered']);
  await app.startCall();
  await room.say(third.samples, third.rateHz);
  await app.untilTurns(['answered', 'answered'], durationMs(third) + 15_000);
  expect(promptOf(gpu)).toMatch(/^You are a storyteller\./);
  expect(rolesOf(gpu)).toBe('system user assistant user');
});

async function inSettings(page: Page, change: (settings: Locator) => Promise<unknown>): Promise<void> {
  await page.getByRole('button', { name: 'Settings' }).click();
  const settings = page.getByRole('dialog', { name: 'Settings' });
  await change(settings);
  await settings.getByRole('button', { name: 'Close' }).click();
  await expect(settings).toBeHidden();
}

async function history(page: Page): Promise<Locator> {
  const list = page.getByRole('complementary');
  await expect(list).toBeVisible();
  return list;
}

/** The system message of the latest request, as the GPU server received it. */
function promptOf(gpu: FakeOmni): string {
  const content = gpu.requests.at(-1)?.body.messages[0]?.content;
  return typeof content === 'string' ? content : '';
}

const rolesOf = (gpu: FakeOmni): string | undefined =>
  gpu.requests
    .at(-1)
    ?.body.messages.map((message) => message.role)
    .join(' ');

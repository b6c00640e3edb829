import { durationMs, threeUtterances, type Spoken } from '../fixtures/speech.ts';
import { expect, test } from '../fixtures/test.ts';

const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
const ANSWERS = [
  'It will be sunny in Lisbon today, with a light wind from the north and about twenty-two degrees.',
  'Tomorrow morning starts with some mist over the river, which should be gone by ten.',
  'You are welcome. If you are going out early, take a jacket: it is cooler by the water than it looks.',
];

test('a conversation looks right on desktop and phone, in light and dark', async ({ app, room, gpu, page }) => {
  test.setTimeout(120_000);
  const utterances = (await threeUtterances()) as [Spoken, Spoken, Spoken];
  gpu.script.reply = () => ANSWERS[Math.min(gpu.requests.length - 1, 2)] ?? '';
  await shots('idle');
  await app.startCall();
  for (const [i, spoken] of utterances.slice(0, 2).entries()) {
    await room.say(spoken.samples, spoken.rateHz);
    await app.untilTurns(Array<string>(i + 1).fill('answered'), durationMs(spoken) + 20_000);
  }
  await room.say(utterances[2].samples, utterances[2].rateHz);
  await app.untilStatus('hearing');
  await page.waitForTimeout(600);
  await shot('hearing', 'desktop', 'light');
  await app.untilStatus('speaking', 20_000);
  await page.waitForTimeout(900);
  await shots('speaking');
  await page.getByRole('button', { name: 'Settings' }).click();
  await shots('settings');

  async function shots(name: string): Promise<void> {
    for (const size of ['desktop', 'phone'] as const) {
      for (const theme of ['light', 'dark'] as const) await shot(name, size, theme);
    }
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize(SIZES.desktop);
  }

  async function shot(name: string, size: keyof typeof SIZES, theme: 'light' | 'dark'): Promise<void> {
    await page.setViewportSize(SIZES[size]);
    await page.emulateMedia({ colorScheme: theme });
    // Colours take a moment to change over.
    await page.waitForTimeout(400);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow, `${name} on ${size}`).toBeLessThanOrEqual(0);
    await page.screenshot({ path: `test-results/screens/${name}-${size}-${theme}.png` });
  }
});

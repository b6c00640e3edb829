import { AppPage } from '../fixtures/app-page.ts';
import { writeEndOfTurnModel } from '../fixtures/end-of-turn-model.ts';
import { RelayProcess } from '../fixtures/relay.ts';
import { Room } from '../fixtures/room.ts';
import { expect, test } from '../fixtures/test.ts';

test('the end-of-turn model comes with the first call, is kept on the device, and runs as the page is served', async ({
  gpu,
  page,
}) => {
  const env = { OMNI_SERVICE_URL: gpu.baseUrl, EARSHOT_END_OF_TURN_MODEL: writeEndOfTurnModel() };
  const relay = await RelayProcess.start(env);
  try {
    await Room.around(page);
    const files: string[] = [];
    page.context().on('request', (request) => {
      if (request.url().includes('/models/files/')) files.push(request.url());
    });
    const app = new AppPage(page, relay.url);
    await app.open();
    expect(files).toEqual([]);
    await app.startCall();
    await page.getByRole('button', { name: 'Settings' }).click();
    const shown = page.locator('[data-model]');
    await expect(shown).toHaveAttribute('data-model', 'ready', { timeout: 20_000 });
    const kept = await page.evaluate(async () => (await (await caches.open('earshot-models')).keys()).length);
    expect(kept).toBe(1);
    expect(files).toHaveLength(1);
  } finally {
    await relay.kill();
  }
});

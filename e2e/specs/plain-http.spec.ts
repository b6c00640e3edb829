import { chromium } from '@playwright/test';
import { launchOptions } from '../../scripts/lib/find-browser.mjs';
import { AppPage } from '../fixtures/app-page.ts';
import { RelayProcess } from '../fixtures/relay.ts';
import { expect, test } from '../fixtures/test.ts';

test('over plain HTTP from another machine the app opens, and says why it cannot hear', async ({ gpu }) => {
  const relay = await RelayProcess.start({ OMNI_SERVICE_URL: gpu.baseUrl, ALLOWED_HOSTS: 'earshot.test' });
  const options = launchOptions();
  // A name that is not the loopback's: to the browser this page is not secure.
  const args = [...options.args, '--host-resolver-rules=MAP earshot.test 127.0.0.1'];
  const browser = await chromium.launch({ ...options, args });
  try {
    const app = new AppPage(await browser.newPage(), `http://earshot.test:${relay.port}`);
    await app.open();
    expect(await app.page.evaluate(() => isSecureContext)).toBe(false);
    await app.talk.click();
    await app.untilStatus('trouble');
    await expect(app.page.getByRole('alert').first()).toContainText(/https/i);
  } finally {
    await browser.close();
    await relay.kill();
  }
});

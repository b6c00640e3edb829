import { flushSync } from 'svelte';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AppSettings } from '../ui/app-model.ts';
import { DEFAULT_SETTINGS } from '../ui/app-settings.ts';
import type { AppView } from '../ui/app-view.svelte.ts';
import { find, frames, openApp, showCall } from './testing/open-app.ts';

/** The settings are loaded when they are opened, and their figures come twice a second: longer on a busy machine. */
const PATIENT = { timeout: 10_000 };

async function openSettings(change: Partial<AppSettings> = {}) {
  const app = openApp();
  app.view.settings = { ...DEFAULT_SETTINGS, ...change };
  flushSync();
  find('[aria-label="Settings"]').click();
  await expect.poll(() => document.querySelector('dialog .meter'), PATIENT).not.toBeNull();
  return app;
}

const labels = () => [...document.querySelectorAll<HTMLElement>('dialog label')];

/** The control whose label begins like this. */
function control(label: string): HTMLInputElement | HTMLSelectElement {
  const found = labels().find((one) => one.innerText.trim().startsWith(label));
  const input = found instanceof HTMLLabelElement ? found.control : undefined;
  if (!(input instanceof HTMLInputElement || input instanceof HTMLSelectElement)) throw new Error(`no ${label}`);
  return input;
}

function press(label: string): void {
  control(label).click();
  flushSync();
}

function enter(label: string, value: string, type: 'input' | 'change'): void {
  const input = control(label);
  input.value = value;
  input.dispatchEvent(new Event(type, { bubbles: true }));
  flushSync();
}

function show(change: Partial<Pick<AppView, 'echo' | 'endOfTurnModel'>>, view: AppView): void {
  Object.assign(view, change);
  flushSync();
}

/** As it is read, with ordinary spaces. */
const textOf = (selector: string) => find(selector).innerText.replaceAll('\u00a0', ' ');
const sheet = () => textOf('dialog');

describe('the settings of hearing', () => {
  it('draw what the microphone hears, the room and the limit on one meter, and say it in words', async () => {
    const { view } = await openSettings({ gateDb: -40 });
    expect(textOf('.hearing')).toContain('Start a call to see what it hears.');
    Object.assign(view.levels, { inputDb: -20, floorDb: -60, isOpen: true });
    showCall(view, 'listening');
    const meter = find('dialog .meter');
    const shareOf = (name: string) => Number(meter.style.getPropertyValue(name));
    await expect.poll(() => textOf('.hearing'), PATIENT).toContain('Now −20 dB, the room −60 dB. Loud enough');
    expect(shareOf('--level')).toBeCloseTo(0.75);
    expect(shareOf('--floor')).toBeCloseTo(0.25);
    const gate = find('dialog .meter .gate').getBoundingClientRect();
    const box = meter.getBoundingClientRect();
    expect((gate.left - box.left) / box.width).toBeCloseTo(0.5, 2);
    const loud = getComputedStyle(find('dialog .meter .level')).backgroundColor;
    Object.assign(view.levels, { inputDb: -50, isOpen: false });
    await expect.poll(() => textOf('.hearing'), PATIENT).toContain('Now −50 dB, the room −60 dB. Too quiet to count');
    expect(shareOf('--level')).toBeCloseTo(0.375);
    expect(getComputedStyle(find('dialog .meter .level')).backgroundColor).not.toBe(loud);
    showCall(view, 'muted');
    expect(textOf('.hearing')).toContain('Your microphone is off.');
    expect(shareOf('--level')).toBe(0);
  });

  it('move the meter no more often than its figures for those who want no motion', async () => {
    const { cdp } = await import('vitest/browser');
    const emulate = (value: string) =>
      cdp().send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-reduced-motion', value }] });
    await emulate('reduce');
    onTestFinished(() => emulate('no-preference').then(() => undefined));
    const { view } = await openSettings();
    Object.assign(view.levels, { inputDb: -40, floorDb: -60 });
    showCall(view, 'listening');
    const meter = find('dialog .meter');
    let changes = 0;
    const watcher = new MutationObserver(() => changes++);
    watcher.observe(meter, { attributes: true, attributeFilter: ['style'] });
    const startedMs = performance.now();
    while (performance.now() - startedMs < 1_200) {
      view.levels.inputDb = -60 + Math.random() * 40;
      await frames(1);
    }
    watcher.disconnect();
    expect(changes).toBeGreaterThan(0);
    expect(changes).toBeLessThanOrEqual(4);
  });

  it('set a limit above the noise of the room, moved on the meter before it is let go', async () => {
    const { view, asked } = await openSettings();
    Object.assign(view.levels, { inputDb: -57, floorDb: -60 });
    showCall(view, 'listening');
    await expect.poll(() => textOf('.hearing'), PATIENT).toContain('the room −60 dB');
    press('Do not listen to quiet sounds');
    expect(view.settings.gateDb).toBe(-50);
    const askedBefore = asked.length;
    const place = () => find('dialog .meter .gate').style.left;
    const before = place();
    enter('Quiet is below', '-30', 'input');
    expect(place()).not.toBe(before);
    expect(sheet()).toContain('What arrives below −30 dB is taken for nobody speaking to it');
    expect(asked).toHaveLength(askedBefore);
    enter('Quiet is below', '-30', 'change');
    expect(view.settings.gateDb).toBe(-30);
    press('Do not listen to quiet sounds');
    expect(view.settings).not.toHaveProperty('gateDb');
    expect(document.querySelector('dialog .meter .gate')).toBeNull();
  });

  it('choose who takes the noise out, and show how much that is', async () => {
    const { view } = await openSettings();
    press('Strong');
    expect(view.settings.noiseSuppression).toBe('strong');
    expect(sheet()).toContain('During a call this shows how much it takes out.');
    view.levels.suppressedDb = 14.2;
    showCall(view, 'listening');
    await expect.poll(sheet, PATIENT).toContain('Takes out 14 dB right now.');
    view.levels.suppressedDb = 0.3;
    await expect.poll(sheet, PATIENT).toContain('Nothing to take out right now.');
    press('Off');
    expect(view.settings.noiseSuppression).toBe('off');
    expect(sheet()).not.toContain('right now');
  });

  it('say what is known of the echo', async () => {
    const { view } = await openSettings();
    expect(sheet()).toContain('shows once something was played');
    show({ echo: { mode: 'clear', leakDb: -62, delayMs: 87 } }, view);
    expect(sheet()).toContain('No echo heard: −62 dB, 87 ms.');
    show({ echo: { mode: 'half-duplex', leakDb: -2, delayMs: 87 } }, view);
    expect(sheet()).toContain('It does not listen while it speaks: −2 dB, 87 ms. Headphones help');
    expect(sheet()).toContain('At present it cannot');
  });
});

describe('the settings of turn taking', () => {
  it('change how it listens while it speaks, its sounds, and when it asks for you', async () => {
    const { view } = await openSettings();
    press('It does not listen');
    press('Soft sounds');
    enter('Ask whether I am still there', '30000', 'change');
    expect(view.settings).toEqual({ ...DEFAULT_SETTINGS, duplex: 'half', hasCues: false, nudgeAfterMs: 30_000 });
    enter('Ask whether I am still there', '', 'change');
    expect(view.settings).not.toHaveProperty('nudgeAfterMs');
  });

  it('show a silence that none of the usual choices is', async () => {
    await openSettings({ nudgeAfterMs: 45_000 });
    expect(control('Ask whether I am still there').value).toBe('45000');
    expect(sheet()).toContain('After 45 s of silence');
  });

  it('keep a list of words that stop the answer', async () => {
    const { view } = await openSettings({ stopPhrases: ['Halt'] });
    const add = (phrase: string) => {
      enter('Words that stop', phrase, 'input');
      find('dialog form button').click();
      flushSync();
    };
    add('  Stop it ');
    add('Halt');
    add('   ');
    expect(view.settings.stopPhrases).toEqual(['Halt', 'Stop it']);
    expect(control('Words that stop').value).toBe('');
    find('dialog [aria-label="Remove “Halt”"]').click();
    flushSync();
    expect(view.settings.stopPhrases).toEqual(['Stop it']);
    view.settings = { ...view.settings, stopPhrases: Array.from({ length: 20 }, (_, n) => `Stop ${n}`) };
    flushSync();
    expect(control('Words that stop').disabled).toBe(true);
    expect(sheet()).toContain('20 are the most. Remove one to add another.');
  });

  it('tell how far the turn-end model is, and try again when it failed', async () => {
    const { view, asked } = await openSettings();
    expect(sheet()).toContain('Where the relay has it, it comes with a call: about 9 MB the first time.');
    show({ endOfTurnModel: { state: 'downloading', loadedBytes: 4_339_591, totalBytes: 8_679_182 } }, view);
    expect(sheet()).toContain('Downloading: 4.3 of 8.7 MB');
    expect(find('dialog [role="progressbar"]').getAttribute('aria-valuenow')).toBe('50');
    show({ endOfTurnModel: { state: 'starting' } }, view);
    expect(textOf('dialog .model')).toContain('Starting');
    show({ endOfTurnModel: { state: 'ready', backend: 'webgpu' } }, view);
    expect(textOf('dialog .model')).toContain('Ready, on the graphics chip (GPU)');
    show({ endOfTurnModel: { state: 'ready', backend: 'wasm' } }, view);
    expect(textOf('dialog .model')).toContain('Ready, on the processor (CPU)');
    show({ endOfTurnModel: { state: 'failed', problem: { kind: 'model-unavailable', retry: 'later' } } }, view);
    expect(textOf('dialog .model')).toContain('The turn-end model could not be fetched.');
    find('dialog .model button').click();
    expect(asked.at(-1)).toEqual(['retryModel']);
    show({ endOfTurnModel: { state: 'failed', problem: { kind: 'model-too-slow', retry: 'never' } } }, view);
    expect(textOf('dialog .model')).toContain('The turn-end model is too slow here.');
    expect(document.querySelector('dialog .model button')).toBeNull();
    press('Turn-end model');
    expect(view.settings.usesEndOfTurnModel).toBe(false);
    expect(textOf('dialog .model')).toContain('Off: only the length of a pause decides.');
    expect(textOf('dialog .model')).not.toContain('could not be fetched');
  });

  it('offer nothing about pauses and echoes to those who hold the button, and still show what is heard', async () => {
    await openSettings({ isAutomatic: false });
    expect(document.querySelector('dialog .meter')).not.toBeNull();
    for (const text of ['Sensitivity', 'Turn-end model', 'While it speaks', 'Do not listen to quiet sounds'])
      expect(sheet()).not.toContain(text);
  });

  it.each([360, 390, 700, 1280])(
    'fit a window %d pixels wide, with nothing to press below 44 pixels',
    async (width) => {
      const { page } = await import('vitest/browser');
      await page.viewport(width, 640);
      const stopPhrases = ['Stop', 'w'.repeat(40)];
      const { view } = await openSettings({ gateDb: -45, noiseSuppression: 'strong', stopPhrases });
      const problem = { kind: 'model-unavailable', retry: 'later' } as const;
      show({ endOfTurnModel: { state: 'failed', problem }, echo: { mode: 'filtered', leakDb: -9, delayMs: 87 } }, view);
      await frames(2);
      const body = find('dialog .body');
      expect(body.scrollWidth).toBeLessThanOrEqual(body.clientWidth);
      const pressed = 'dialog button, dialog select, dialog label:has([type="checkbox"], [type="radio"]), dialog input';
      for (const element of document.querySelectorAll<HTMLElement>(pressed)) {
        if (element.matches('[type="checkbox"], [type="radio"]')) continue;
        const { width: w, height: h, left, right } = element.getBoundingClientRect();
        const name = element.getAttribute('aria-label') ?? (element.innerText || element.outerHTML.slice(0, 80));
        expect(Math.round(Math.min(w, h)), name).toBeGreaterThanOrEqual(44);
        expect(left, name).toBeGreaterThanOrEqual(0);
        expect(right, name).toBeLessThanOrEqual(width);
      }
    },
  );
});

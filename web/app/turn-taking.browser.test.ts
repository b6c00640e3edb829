import { flushSync } from 'svelte';
import { expect, it } from 'vitest';
import { IDLE_VIEW } from '../conversation/status.ts';
import { DEFAULT_SETTINGS } from '../ui/app-settings.ts';
import type { AppView } from '../ui/app-view.svelte.ts';
import { find, frames, openApp, showCall } from './testing/open-app.ts';

function show(change: Partial<Pick<AppView, 'echo' | 'endOfTurnModel'>>, view: AppView): void {
  Object.assign(view, change);
  flushSync();
}

const dock = () => find('.dock').innerText;

it('says nothing in a call about an echo that is not there', () => {
  const { view } = openApp();
  showCall(view, 'speaking');
  for (const mode of ['unknown', 'clear'] as const) {
    show({ echo: { mode } }, view);
    expect(document.querySelector('[data-echo]')).toBeNull();
    expect(dock()).toContain('Talk over it, or tap to stop');
  }
});

it('says that it takes its own voice out of the microphone', () => {
  const { view } = openApp();
  showCall(view, 'speaking');
  show({ echo: { mode: 'filtered', leakDb: -14, delayMs: 87 } }, view);
  expect(dock()).toContain('Taking its own voice out of the microphone');
  showCall(view, 'idle');
  expect(dock()).not.toContain('own voice');
});

it('says that it cannot hear you while it speaks, what helps, and the way there', async () => {
  const { view, asked } = openApp();
  showCall(view, 'speaking');
  show({ echo: { mode: 'half-duplex', leakDb: -2, delayMs: 87 } }, view);
  expect(dock()).toContain('It cannot hear you while it speaks here. Headphones help.');
  expect(dock()).not.toContain('Talk over it');
  find('[data-echo="half-duplex"] button').click();
  await expect.poll(() => document.querySelector('dialog')).not.toBeNull();
  expect(asked).toEqual([['refreshDevices']]);
});

it('does not complain of what was chosen', () => {
  const { view } = openApp();
  view.settings = { ...DEFAULT_SETTINGS, duplex: 'half' };
  showCall(view, 'speaking');
  show({ echo: { mode: 'half-duplex' } }, view);
  expect(document.querySelector('[data-echo]')).toBeNull();
  expect(dock()).toContain('It listens again once it is done');
});

it('tells in passing how far the turn-end model is, and nothing once it is there', () => {
  const { view } = openApp();
  showCall(view, 'listening');
  show({ endOfTurnModel: { state: 'downloading', loadedBytes: 2_169_795, totalBytes: 8_679_182 } }, view);
  expect(dock()).toContain('Fetching the turn-end model: 2.2 of 8.7\u00a0MB');
  expect(find('.dock [role="progressbar"]').getAttribute('aria-valuenow')).toBe('25');
  show({ endOfTurnModel: { state: 'ready', backend: 'wasm' } }, view);
  expect(document.querySelector('.dock [role="progressbar"]')).toBeNull();
});

it('does not say that it speaks while it holds the answer back to listen', () => {
  const { view } = openApp();
  showCall(view, 'speaking', { isDucked: true });
  expect(dock()).toContain('Is that you?');
  showCall(view, 'speaking', { isDucked: true, isHushed: true });
  expect(dock()).not.toContain('Speaking');
  expect(dock()).toContain('Listening …');
  expect(find('.talk').dataset['status']).toBe('speaking');
  expect(find('.talk canvas').dataset['status']).toBe('hearing');
});

it('asks whether anybody is still there, for eyes and for ears', () => {
  const { view } = openApp();
  showCall(view, 'listening');
  view.call = { ...IDLE_VIEW, status: 'listening', link: 'online', isAskingWhoIsThere: true };
  flushSync();
  expect(dock()).toContain('Still there?');
  expect(find('[role="status"].unseen').textContent).toBe('Still there?');
});

it.each([360, 390, 700, 1280])('fits with all of it a window %d pixels wide', async (width) => {
  const { page } = await import('vitest/browser');
  await page.viewport(width, 640);
  const { view } = openApp();
  showCall(view, 'speaking');
  const fetching = { state: 'downloading', loadedBytes: 2_169_795, totalBytes: 8_679_182 } as const;
  show({ echo: { mode: 'half-duplex' }, endOfTurnModel: fetching }, view);
  await frames(2);
  expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(width);
  const { left, right, bottom, height } = find('[data-echo] button').getBoundingClientRect();
  expect(height).toBeGreaterThanOrEqual(44);
  expect(left).toBeGreaterThanOrEqual(0);
  expect(right).toBeLessThanOrEqual(width);
  expect(bottom).toBeLessThanOrEqual(640);
});

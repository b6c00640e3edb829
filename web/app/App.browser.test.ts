import { flushSync } from 'svelte';
import { afterEach, describe, expect, it } from 'vitest';
import type { LogEntry, LogFact } from '../conversation/log.ts';
import { DEFAULT_SETTINGS } from '../ui/app-settings.ts';
import { find, frames, openApp, showCall } from './testing/open-app.ts';

let seq = 0;
const entry = (fact: LogFact): LogEntry => ({ conversation: 'c1', seq: seq++, atMs: 0, ...fact });
const answered = (utterance: string, text: string): LogEntry[] => [
  entry({ type: 'utterance.confirmed', utterance, durationMs: 3_180 }),
  entry({ type: 'reply.started', utterance, attempt: 1, rateHz: 24_000, upstream: 'omni-chat', model: 'Qwen3-Omni' }),
  entry({ type: 'reply.text', utterance, attempt: 1, text }),
  entry({ type: 'reply.finished', utterance, attempt: 1, samples: 48_000 }),
  entry({ type: 'reply.heard', utterance, attempt: 1 }),
];

const button = (name: string) => find(`button[aria-label="${name}"]`);
const shown = () => document.body.innerText;

function key(type: 'keydown' | 'keyup', name: string, target: EventTarget = document.body): void {
  target.dispatchEvent(new KeyboardEvent(type, { key: name, bubbles: true, cancelable: true }));
  flushSync();
}

afterEach(() => delete document.documentElement.dataset['theme']);

describe('App', () => {
  it('starts a call by a tap on the one big control', () => {
    const { asked } = openApp();
    find('#talk').click();
    expect(asked).toEqual([['startCall']]);
  });

  it('holds the turn open while the space bar is held, and lets go when the window loses the focus', () => {
    const { view, asked } = openApp();
    showCall(view, 'listening');
    key('keydown', ' ');
    key('keyup', ' ');
    key('keydown', ' ');
    window.dispatchEvent(new Event('blur'));
    key('keyup', ' ');
    expect(asked).toEqual([['talkDown'], ['talkUp'], ['talkDown'], ['talkUp']]);
  });

  it('stops the answer with Escape and mutes with m', () => {
    const { view, asked } = openApp();
    showCall(view, 'speaking');
    key('keydown', 'Escape');
    key('keydown', 'm');
    expect(asked).toEqual([['interrupt'], ['setMuted', true]]);
  });

  it('holds the turn open while the control is pressed, where turns are held', () => {
    const { view, asked } = openApp();
    view.settings = { ...DEFAULT_SETTINGS, isAutomatic: false };
    showCall(view, 'listening');
    const talk = find('#talk');
    const pointer = { bubbles: true, button: 0, pointerId: 1 };
    // A made-up pointer cannot be captured; the browser's own can.
    talk.setPointerCapture = () => undefined;
    talk.dispatchEvent(new PointerEvent('pointerdown', pointer));
    flushSync();
    expect(asked).toEqual([['talkDown']]);
    talk.dispatchEvent(new PointerEvent('pointercancel', pointer));
    expect(asked).toEqual([['talkDown'], ['talkUp']]);
  });

  it('shows each turn: what was said or for how long, the answer, and where an interruption cut it', () => {
    const { view } = openApp();
    view.openLog('c1', answered('a.1', 'Swifts sleep on the wing.'));
    const cut = answered('a.2', 'They drift with the wind.').slice(0, 4);
    for (const fact of cut) view.addEntry(fact);
    const half = { heardSample: 24_000, totalSamples: 48_000 };
    view.addEntry(entry({ type: 'reply.interrupted', utterance: 'a.2', attempt: 1, ...half }));
    flushSync();
    expect(shown()).toContain('You spoke · 3.2 s');
    expect(shown()).toContain('Swifts sleep on the wing.');
    expect(shown()).toContain('Interrupted here');
    expect(shown()).not.toContain('with the wind');
  });

  it('shows markup in an answer as the text it is', () => {
    const { view } = openApp();
    view.openLog('c1', answered('a.1', '<img src=x onerror=alert(1)><b>bold</b>'));
    flushSync();
    expect(document.querySelector('li img, li b')).toBeNull();
    expect(shown()).toContain('<b>bold</b>');
  });

  it('unfolds the time at the ear into where it went', () => {
    const { view } = openApp();
    view.openLog('c1', answered('a.1', 'Yes.'));
    const timings = { waitMs: 215, networkMs: 38, modelMs: 412, holdMs: 64, bufferMs: 51, totalMs: 780 };
    view.addEntry(entry({ type: 'turn.timed', utterance: 'a.1', attempt: 1, timings }));
    flushSync();
    const figure = find('.timing button');
    expect(figure.innerText).toBe('0.78 s');
    figure.click();
    flushSync();
    expect(figure.getAttribute('aria-expanded')).toBe('true');
    expect([...document.querySelectorAll('.timing dd.ms')].map((cell) => cell.textContent)).toEqual([
      '215 ms',
      '38 ms',
      '412 ms',
      '64 ms',
      '51 ms',
    ]);
  });

  it('leaves out of it what took no time', () => {
    const { view } = openApp();
    view.openLog('c1', answered('a.1', 'Yes.'));
    const timings = { waitMs: 215, networkMs: 38, modelMs: 412, holdMs: 0, bufferMs: 51, totalMs: 716 };
    view.addEntry(entry({ type: 'turn.timed', utterance: 'a.1', attempt: 1, timings }));
    flushSync();
    find('.timing button').click();
    flushSync();
    expect(find('.timing dl').innerText).toMatch(/Wait[^]*Network[^]*Model[^]*Buffer/);
    expect(find('.timing dl').innerText).not.toContain('Hold');
    expect(find('.timing button').innerText).toBe('0.72 s');
  });

  it('offers to ask a failed turn again', () => {
    const { view, asked } = openApp();
    view.openLog('c1', [
      entry({ type: 'utterance.confirmed', utterance: 'a.1', durationMs: 900 }),
      entry({ type: 'reply.failed', utterance: 'a.1', problem: 'upstream-died' }),
    ]);
    flushSync();
    expect(shown()).toContain('The answer broke off');
    find('.failed button').click();
    expect(asked).toEqual([['retry']]);
  });

  it('follows the newest words, but leaves a reader who went up where they are', async () => {
    const { view } = openApp();
    view.openLog('c1', Array.from({ length: 40 }, (_, i) => answered(`a.${i}`, `Answer ${i}. `.repeat(20))).flat());
    flushSync();
    await frames(3);
    const scroller = find('section[aria-label="Conversation"]');
    const fromEndPx = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
    expect(fromEndPx()).toBeLessThan(2);

    for (const fact of answered('b.1', 'Longer. '.repeat(80))) view.addEntry(fact);
    flushSync();
    await frames(3);
    expect(fromEndPx()).toBeLessThan(2);

    scroller.scrollTop = 100;
    await frames(3);
    for (const fact of answered('b.2', 'Longer. '.repeat(80))) view.addEntry(fact);
    flushSync();
    await frames(3);
    expect(scroller.scrollTop).toBe(100);
    find('.newest').click();
    await frames(3);
    expect(fromEndPx()).toBeLessThan(48);
    expect(document.querySelector('.newest')).toBeNull();
  });

  it('opens the settings, changes one, and keeps its keys from the call', async () => {
    const { view, asked } = openApp();
    showCall(view, 'speaking');
    button('Settings').click();
    await expect.poll(() => document.querySelector('dialog select')).not.toBeNull();
    key('keydown', 'm', find('dialog h2'));
    const dark = find('dialog input[value="dark"]');
    dark.click();
    expect(asked).toEqual([['refreshDevices'], ['changeSettings', { ...DEFAULT_SETTINGS, theme: 'dark' }]]);
  });

  it('wears the theme that is set, also against the system', () => {
    const { view } = openApp();
    const ground = () => getComputedStyle(document.documentElement).backgroundColor;
    view.settings = { ...DEFAULT_SETTINGS, theme: 'dark' };
    flushSync();
    expect(ground()).toBe('rgb(20, 24, 26)');
    view.settings = { ...DEFAULT_SETTINGS, theme: 'light' };
    flushSync();
    expect(ground()).toBe('rgb(246, 243, 236)');
  });

  it('deletes a conversation only after a second, plain word', () => {
    const { view, asked } = openApp();
    view.conversations = [{ id: 'c1', title: 'Swifts', createdAtMs: 0, updatedAtMs: 0, turnCount: 2 }];
    flushSync();
    if (!document.querySelector('aside')) button('Conversations').click();
    flushSync();
    button('Rename or delete “Swifts”').click();
    flushSync();
    find('li .actions button:nth-of-type(2)').click();
    flushSync();
    expect(asked).toEqual([]);
    expect(shown()).toContain('This cannot be undone.');
    find('li .danger').click();
    expect(asked).toEqual([['deleteConversation', 'c1']]);
  });

  it.each([360, 390, 700, 1280])(
    'fits a window %d pixels wide, with nothing to press smaller than 44 pixels',
    async (width) => {
      const { page } = await import('vitest/browser');
      await page.viewport(width, 640);
      const { view } = openApp();
      view.openLog('c1', answered('a.1', 'An-answer-without-any-place-to-break-it'.repeat(6)));
      view.conversations = [{ id: 'c1', title: 'Swifts '.repeat(30), createdAtMs: 0, updatedAtMs: 0, turnCount: 2 }];
      showCall(view, 'speaking', { problem: { kind: 'relay-unreachable', retry: 'later' } });
      await frames(2);
      expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(width);
      for (const control of document.querySelectorAll('button')) {
        const { width: w, height: h, left, right } = control.getBoundingClientRect();
        const name = control.getAttribute('aria-label') ?? control.innerText;
        expect(Math.min(w, h), name).toBeGreaterThanOrEqual(44);
        expect(left, name).toBeGreaterThanOrEqual(0);
        expect(right, name).toBeLessThanOrEqual(width);
      }
    },
  );
});

import { flushSync } from 'svelte';
import { expect, it, vi } from 'vitest';
import type { LogEntry, LogFact } from '../conversation/log.ts';
import type { ConversationSetup } from '../conversation/ports.ts';
import { DEFAULT_SETTINGS } from '../ui/app-settings.ts';
import { openApp } from './testing/open-app.ts';

const entries = (...facts: LogFact[]): LogEntry[] =>
  facts.map((fact, seq) => ({ ...fact, conversation: 'c1', seq, atMs: 0 }));
const utterance = 'a.1';
const interpreted = (more: { isDoubtful?: boolean } = {}): LogEntry[] =>
  entries(
    { type: 'utterance.confirmed', utterance, durationMs: 1_500 },
    { type: 'transcript', utterance, text: 'Wo ist der Bahnhof?', language: 'de', ...more },
    { type: 'reply.started', utterance, attempt: 1, rateHz: 24_000, upstream: 'cascade', model: 'm' },
    { type: 'reply.text', utterance, attempt: 1, text: 'Where is the station?' },
    { type: 'reply.finished', utterance, attempt: 1, samples: 24_000, language: 'en' },
    { type: 'reply.heard', utterance, attempt: 1 },
  );
const turn = () => document.querySelector('li[data-state]');

it('shows both captions of an interpreted turn, each with its language', () => {
  const { view } = openApp();
  view.openLog('c1', interpreted());
  flushSync();
  expect(turn()?.querySelector('[lang="de"]')?.textContent).toBe('Wo ist der Bahnhof?');
  expect(turn()?.querySelector('[lang="en"]')?.textContent?.trim()).toBe('Where is the station?');
  expect(turn()?.textContent).toContain('in German');
  expect(turn()?.textContent).toContain('in English');
  expect(turn()?.textContent).not.toContain('Not sure');
});

it('marks words that were perhaps not said, in words and not by colour alone', () => {
  const { view } = openApp();
  view.openLog('c1', interpreted({ isDoubtful: true }));
  flushSync();
  expect(turn()?.textContent).toContain('Not sure this was said');
  expect(turn()?.textContent).toContain('Wo ist der Bahnhof?');
});

it('says all the time that it interprets, and between which languages', () => {
  const { view } = openApp();
  view.setup = { translation: { languages: ['de', 'en'] } };
  flushSync();
  expect(document.querySelector('header')?.innerText).toMatch(/German\s*⇄\s*English/);
  expect(document.querySelector('header')?.textContent).toContain('Interpreting between German and English');
  view.setup = {};
  flushSync();
  expect(document.querySelector('header')?.textContent).not.toContain('Interpreting');
});

const dialog = () => document.querySelector('dialog');
async function openSettings(): Promise<void> {
  document.querySelector<HTMLElement>('[aria-label="Settings"]')?.click();
  flushSync();
  await vi.waitUntil(() => dialog()?.querySelector('textarea'));
}

function field(label: string): HTMLSelectElement | HTMLTextAreaElement {
  const labels = [...(dialog()?.querySelectorAll('label.field') ?? [])];
  const input = labels.find((one) => one.textContent?.trim().startsWith(label))?.querySelector('select, textarea');
  if (!(input instanceof HTMLSelectElement || input instanceof HTMLTextAreaElement)) throw new Error(`no ${label}`);
  return input;
}

function choose(label: string, value: string): void {
  const input = field(label);
  input.value = value;
  input.dispatchEvent(new Event('change', { bubbles: true }));
  flushSync();
}

function chooseScope(label: string): void {
  const options = [...(dialog()?.querySelectorAll<HTMLElement>('fieldset label') ?? [])];
  options.find((option) => option.textContent?.trim() === label)?.click();
  flushSync();
}

it('sets this conversation up, or every new one, each without touching the other', async () => {
  const { view } = openApp();
  view.openLog('c1', interpreted());
  flushSync();
  await openSettings();
  choose('Who you talk to', 'storyteller');
  choose('Answers in', 'mirror');
  const storyteller: ConversationSetup = view.setup;
  expect(storyteller.systemPrompt).toContain('storyteller');
  expect(storyteller.answerLanguage).toBe('mirror');
  expect(view.settings).toEqual(DEFAULT_SETTINGS);

  chooseScope('Every new one');
  expect(field('Who you talk to').value).toBe('assistant');
  choose('Instructions to the model', 'Answer like a pirate.');
  expect(view.settings.systemPrompt).toBe('Answer like a pirate.');
  expect(view.setup).toEqual(storyteller);
  expect(field('Who you talk to').textContent).toContain('As your instructions say');
});

it('makes an interpreter in two choices, of two different languages', async () => {
  const { view } = openApp();
  await openSettings();
  choose('Who you talk to', 'interpreter');
  choose('One language', 'ja');
  choose('The other', 'de');
  expect(view.setup.translation).toEqual({ languages: ['ja', 'de'] });
  choose('The other', 'ja');
  expect(view.setup.translation).toEqual({ languages: ['de', 'ja'] });
  choose('Who you talk to', 'assistant');
  expect(view.setup).toEqual({});
});

import { chromium, type Browser } from '@playwright/test';
import { launchOptions } from '../../../scripts/lib/find-browser.mjs';
import { median } from '../../fixtures/figures.ts';
import type { ScenarioResult } from '../result.ts';
import { measureBargeIn } from './barge-in.ts';
import { measureEcho } from './echo.ts';
import { measureInterjections } from './interjections.ts';
import { inMs, orBrokenOff } from './measures.ts';
import { measurePauses } from './pauses.ts';
import { interruptions, plainTurns } from './people.ts';
import { measurePhantoms } from './phantoms.ts';
import { measureRoundTrip } from './round-trip.ts';
import { measureTurns } from './turns.ts';

export interface BrowserRigOptions {
  /** Times each set of recordings is gone through. */
  rounds?: number;
  /** Of output while an echo comes back. */
  echoMinutes?: number;
  /** Pages playing at once in the echo scenario. */
  echoPages?: number;
  noiseMinutes?: number;
  /** Only these, by name. */
  only?: readonly BrowserScenario[];
  /** One line for each scenario that begins. */
  say?: (line: string) => void;
}

export const BROWSER_SCENARIOS = [
  'round-trip',
  'turns',
  'barge-in',
  'interjections',
  'pauses',
  'echo',
  'noise',
] as const;
export type BrowserScenario = (typeof BROWSER_SCENARIOS)[number];

/** The built product in Chromium, in a room that speaks, listens and echoes. */
export async function runBrowser(options: BrowserRigOptions = {}): Promise<ScenarioResult[]> {
  const { only = BROWSER_SCENARIOS, say = () => undefined } = options;
  const browser = await chromium.launch(launchOptions());
  try {
    const results: ScenarioResult[] = [];
    for (const name of BROWSER_SCENARIOS.filter((each) => only.includes(each))) {
      say(`Browser: ${name}`);
      results.push(...(await orBrokenOff(name, 'browser', () => measureScenario(browser, name, options))));
    }
    return results;
  } finally {
    await browser.close();
  }
}

async function measureScenario(
  browser: Browser,
  name: BrowserScenario,
  { rounds = 1, echoMinutes = 2, echoPages = 2, noiseMinutes = 2 }: BrowserRigOptions,
): Promise<ScenarioResult[]> {
  const people = await plainTurns();
  const times = <T>(count: number, each: readonly T[]) => Array.from({ length: count }, () => each).flat();
  switch (name) {
    case 'round-trip':
      return [toRoundTrip(await measureRoundTrip(browser))];
    case 'turns':
      return [await measureTurns(browser, times(rounds, people))];
    case 'barge-in':
      // Twice at least: a p95 needs twenty.
      return [
        await measureBargeIn(
          browser,
          times(2 * rounds, await interruptions()),
          median(await measureRoundTrip(browser)),
        ),
      ];
    case 'interjections':
      return measureInterjections(browser, rounds);
    case 'pauses':
      return [await measurePauses(browser, rounds)];
    case 'echo':
      return [await measureEcho(browser, people, { minutes: echoMinutes, pages: echoPages, levelDb: -10 })];
    case 'noise':
      return [await measurePhantoms(browser, noiseMinutes)];
  }
}

const toRoundTrip = (values: number[]): ScenarioResult => ({
  scenario: 'round trip of the rig',
  subject: 'the rig',
  where: 'browser',
  measures: [inMs('microphone to page to recording', values)],
  notes: ['contained in every time below that runs from a sound in the room to the page falling silent'],
});

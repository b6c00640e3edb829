import { findBrowser } from '../../../scripts/lib/find-browser.mjs';
import type { Part } from '../part.ts';
import { runBrowser } from './run-browser.ts';

const NOISE_MINUTES = 10;

/** The built product in Chromium, with a microphone and a room made in the page. */
export const browserPart: Part = {
  obstacle: async () => (findBrowser() === undefined ? 'no Chromium here (`npm test` installs one)' : undefined),
  // A rig asked to be brief is brief everywhere.
  run: ({ minutes, say }) =>
    runBrowser({
      echoMinutes: minutes,
      noiseMinutes: Math.min(minutes / 2, NOISE_MINUTES),
      rounds: minutes >= 10 ? 2 : 1,
      say,
    }),
};

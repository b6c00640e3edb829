import { findBrowser } from '../../../scripts/lib/find-browser.mjs';
import type { Part } from '../part.ts';
import { runSoundCard } from './run-sound-card.ts';
import { missingPrograms } from './sound-server.ts';

/** The rig's usual length is a minute here, as it is only one call at a time. */
const SHARE = 1 / 20;
const MAX_MINUTES = 4;

/** The built product in Chromium on a sound card made of software. */
export const soundCardPart: Part = {
  obstacle: async () => {
    const missing = missingPrograms();
    if (missing.length > 0) return `not installed: ${missing.join(', ')} (Debian: pulseaudio, pulseaudio-utils)`;
    return findBrowser() === undefined ? 'no Chromium here (`npm test` installs one)' : undefined;
  },
  run: ({ minutes, say }) => runSoundCard({ minutes: Math.min(minutes * SHARE, MAX_MINUTES), say }),
};

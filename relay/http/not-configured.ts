import type { Context } from 'hono';
import { problem } from './problem.ts';

/** The settings that name the servers of the speech routes. */
const SETTINGS = { synthesiser: 'TTS_SERVICE_URL', recogniser: 'STT_SERVICE_URL' };

const ROLES = { synthesiser: 'speech server', recogniser: 'transcription server' };

export const notConfiguredWords = (part: 'synthesiser' | 'recogniser'): string =>
  `no ${ROLES[part]} is configured; set ${SETTINGS[part]} to the address of one and start the relay again`;

export const notConfigured = (c: Context, part: 'synthesiser' | 'recogniser'): Response =>
  problem(c, 501, `${part}-missing`, notConfiguredWords(part));

import type { EchoReport } from '../../conversation/ports.ts';
import { TURN_WORDS } from './turn-words.ts';

/** What is known of the echo, in a sentence with its figures: "No echo heard: −62 dB, 87 ms." */
export function toEchoText({ mode, leakDb, delayMs, removedDb }: EchoReport): string {
  const words = TURN_WORDS.echo;
  if (mode === 'unknown') return words.unknown;
  const measured = leakDb === undefined || delayMs === undefined ? [] : [words.figures(leakDb, delayMs)];
  const removed = mode === 'filtered' && removedDb !== undefined ? [words.removed(removedDb)] : [];
  const figures = [...measured, ...removed].join(', ');
  return `${words[mode]}${figures === '' ? '' : `: ${figures}`}.`;
}

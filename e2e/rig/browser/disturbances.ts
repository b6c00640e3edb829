import { existsSync, readdirSync } from 'node:fs';
import { interjection, INTERJECTION_KINDS, type InterjectionKind } from '../../audio/interjections.ts';
import { turnRecordings } from '../../audio/recordings.ts';
import { toInt16 } from '../../audio/voice.ts';
import type { Spoken } from '../../fixtures/speech.ts';
import { loadSound, sharedPath } from '../corpus/shared-data.ts';
import { atSpeechLevel } from '../corpus/sound.ts';
import { EAR_RATE_HZ } from './answer-trail.ts';

/** Nobody takes the floor by these, though they are heard over an answer. */
export interface Disturbance extends Spoken {
  kind: InterjectionKind | 'acknowledgement' | 'knock';
}

/** Made ones of a round; as many of what a bar is set for that one in twenty could be seen after a few rounds. */
const MADE: Record<InterjectionKind, number> = { cough: 8, keyboard: 8, 'mm-hm': 4, hum: 4, laugh: 2 };

/** Made ones, others in each round, and people's own where they were recorded. All at the level of people speaking. */
export function disturbances(rounds: number): Disturbance[] {
  return Array.from({ length: rounds }, (_, round) => [...made(round), ...recorded()]).flat();
}

/** Kinds in turn, so that no answer hears only one of them. */
function made(round: number): Disturbance[] {
  return Array.from({ length: Math.max(...Object.values(MADE)) }, (_, i) =>
    INTERJECTION_KINDS.filter((kind) => i < MADE[kind]).map((kind) => {
      const seed = round * MADE[kind] + i + 1;
      return toDisturbance(kind, `${kind} ${seed}`, interjection(kind, seed));
    }),
  ).flat();
}

function recorded(): Disturbance[] {
  const folder = 'backchannel';
  const names = existsSync(sharedPath(folder)) ? readdirSync(sharedPath(folder)) : [];
  const hums = names.map((name) => toDisturbance('acknowledgement', name, loadSound(`${folder}/${name}`)));
  const cuts = [
    { id: 'F1_typing', kind: 'keyboard', fromMs: 2_000, toMs: 3_500 },
    { id: 'F4_taps_and_friction', kind: 'knock', fromMs: 0, toMs: 10_000 },
  ] as const;
  const files = new Map(turnRecordings().map((recording) => [recording.id, recording]));
  return [
    ...hums,
    ...cuts.flatMap(({ id, kind, fromMs, toMs }) => {
      const recording = files.get(id);
      if (!recording) return [];
      const { samples, rateHz } = recording.load();
      const cut = samples.slice((fromMs * rateHz) / 1000, (toMs * rateHz) / 1000);
      return [{ kind, name: id, samples: cut, rateHz, onsetMs: 0, offsetMs: (cut.length * 1000) / rateHz }];
    }),
  ];
}

function toDisturbance(kind: Disturbance['kind'], name: string, sound: Float32Array): Disturbance {
  const samples = toInt16(atSpeechLevel(sound));
  return { kind, name, samples, rateHz: EAR_RATE_HZ, onsetMs: 0, offsetMs: (samples.length * 1000) / EAR_RATE_HZ };
}

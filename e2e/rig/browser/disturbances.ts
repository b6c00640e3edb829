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

/** Made ones, `seeds` of each kind, and people's own where they were recorded. All at the level of people speaking. */
export function disturbances(seeds: readonly number[]): Disturbance[] {
  const made = seeds.flatMap((seed) =>
    INTERJECTION_KINDS.map((kind) => toDisturbance(kind, `${kind} ${seed}`, interjection(kind, seed))),
  );
  return [...made, ...recorded()];
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

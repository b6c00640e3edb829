import { existsSync, readFileSync, readdirSync } from 'node:fs';
import * as v from 'valibot';
import { SILERO } from '#models/vad/silero';
import { toMs, type Span } from '../corpus/recorded-call.ts';
import { hasSharedData, loadSound, sharedPath } from '../corpus/shared-data.ts';
import type { ScenarioResult } from '../result.ts';
import { hear } from './hear.ts';

/** A frame: what the detector said, and what people say. */
interface JudgedFrame {
  probability: number;
  isSpeech: boolean;
}

const SPEECH_AT = 0.5;

const GroundTruth = v.object({
  files: v.object({ wav16k: v.string() }),
  speech: v.array(v.tuple([v.number(), v.number()])),
  /** Where something plays, its echo and the short words over it are no speech of a turn, but are voices. */
  assistant_playback: v.optional(v.unknown()),
});

/** Precision, recall, F1 and AUC of the voice detector, frame by frame; nothing where the labels are absent. */
export async function measureVoiceActivity(): Promise<ScenarioResult[]> {
  if (!hasSharedData()) return [];
  const labels = turnLabels();
  const turns = await judge(labels.filter(({ hasAssistant }) => !hasAssistant));
  const overAnswers = await judge(labels.filter(({ hasAssistant }) => hasAssistant));
  const meetings = await judge(meetingLabels());
  return [
    toResult(
      'voice activity: turns without an assistant',
      turns,
      'People in quiet rooms, at four levels of noise, and noise alone.',
    ),
    toResult(
      'voice activity: turns',
      [...turns, ...overAnswers],
      'Silero v6 by another program on the same files: precision 68.2 %, recall 97.6 %, AUC 0.971 (echo and acknowledgements count as no speech).',
    ),
    toResult(
      'voice activity: meetings',
      meetings,
      'Published for Silero v6 on the TEN-VAD test set: F1 93.9 %, AUC 0.956; these are other recordings.',
    ),
  ];
}

function turnLabels(): { path: string; speech: Span[]; hasAssistant: boolean }[] {
  const names = readdirSync(sharedPath('turns/gt')).sort();
  return names.map((name) => {
    const json: unknown = JSON.parse(readFileSync(sharedPath(`turns/gt/${name}`), 'utf8'));
    const { files, speech, assistant_playback } = v.parse(GroundTruth, json);
    return {
      path: files.wav16k,
      speech: speech.map(([onsetMs, offsetMs]) => ({ onsetMs, offsetMs })),
      hasAssistant: assistant_playback != null,
    };
  });
}

/** RTTM: kind, file, channel, start and duration in seconds. */
function meetingLabels(): { path: string; speech: Span[] }[] {
  const rows = readFileSync(sharedPath('vad/ami/labels.rttm'), 'utf8')
    .trim()
    .split('\n')
    .map((row) => row.split(/\s+/));
  const named = new Set(rows.map((row) => row[1] ?? ''));
  const files = [...named].filter((file) => existsSync(sharedPath(`vad/ami/${file}.wav`)));
  return files.map((file) => ({
    path: `vad/ami/${file}.wav`,
    speech: rows
      .filter((row) => row[1] === file)
      .map((row) => {
        const onsetMs = 1000 * Number(row[3]);
        return { onsetMs, offsetMs: onsetMs + 1000 * Number(row[4]) };
      }),
  }));
}

async function judge(labels: { path: string; speech: Span[] }[]): Promise<JudgedFrame[]> {
  const frames: JudgedFrame[] = [];
  for (const { path, speech } of labels) {
    for (const { probability, endSample } of await hear(loadSound(path))) {
      const middleMs = toMs(endSample - SILERO.frameSamples / 2);
      frames.push({
        probability,
        isSpeech: speech.some(({ onsetMs, offsetMs }) => middleMs >= onsetMs && middleMs < offsetMs),
      });
    }
  }
  return frames;
}

function toResult(scenario: string, frames: readonly JudgedFrame[], note: string): ScenarioResult {
  const found = frames.filter(({ probability }) => probability >= SPEECH_AT);
  const hits = found.filter(({ isSpeech }) => isSpeech).length;
  const precision = (100 * hits) / found.length;
  const recall = (100 * hits) / frames.filter(({ isSpeech }) => isSpeech).length;
  return {
    scenario,
    subject: 'earshot',
    where: 'lab',
    measures: [
      { name: 'precision', unit: '%', values: [precision] },
      { name: 'recall', unit: '%', values: [recall] },
      { name: 'F1', unit: '%', values: [(2 * precision * recall) / (precision + recall)] },
      { name: 'AUC', unit: 'ratio', values: [areaUnderCurve(frames)] },
    ],
    notes: [`${frames.length} frames.`, note],
  };
}

/** The chance that a frame with speech is rated above one without: Mann and Whitney's U, ties count half. */
export function areaUnderCurve(frames: readonly JudgedFrame[]): number {
  const sorted = [...frames].sort((a, b) => a.probability - b.probability);
  const speech = sorted.filter(({ isSpeech }) => isSpeech).length;
  let rankSum = 0;
  for (let from = 0; from < sorted.length;) {
    let to = from;
    while (to < sorted.length && sorted[to]?.probability === sorted[from]?.probability) to++;
    const rank = (from + 1 + to) / 2;
    for (let i = from; i < to; i++) if (sorted[i]?.isSpeech) rankSum += rank;
    from = to;
  }
  return (rankSum - (speech * (speech + 1)) / 2) / (speech * (sorted.length - speech));
}

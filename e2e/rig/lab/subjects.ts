import type { Heard } from '../../../web/conversation/events.ts';
import type { Policy } from '../../../web/conversation/policy.ts';
import { performConversation } from './conversation-run.ts';
import type { Line } from './line.ts';
import type { Performance } from './performance.ts';
import { performByRule } from './rule-run.ts';
import { fixedSilence, VAD_WEB, type Rule } from './rules.ts';

/** Something that takes turns, and can be made more or less patient. */
export interface Subject {
  name: string;
  perform(heard: readonly Heard[], line: Line): Performance;
}

export const earshot = (policy: Partial<Policy> = {}, name = 'earshot'): Subject => ({
  name,
  perform: (heard, line) => performConversation(heard, { line, policy }),
});

const byRule = (rule: Rule): Subject => ({
  name: rule.name,
  perform: (heard, line) => performByRule(rule, heard, line),
});

export const BASELINES: readonly Subject[] = [...[500, 800, 1_400].map(fixedSilence), VAD_WEB].map(byRule);

const PATIENCE_MS = [200, 300, 400, 500, 600, 700, 800, 900, 1_000, 1_200, 1_400, 1_600, 1_800, 2_000, 2_500, 3_000];

/** The same kinds of subject at every patience, for the curve of cut-offs against delay. */
export const SWEPT: readonly { name: string; at(patienceMs: number): Subject }[] = [
  { name: 'earshot', at: (confirmMs) => earshot({ minConfirmMs: confirmMs, maxConfirmMs: confirmMs }) },
  { name: 'silence', at: (silenceMs) => byRule(fixedSilence(silenceMs)) },
  { name: 'vad-web', at: (silenceMs) => byRule({ ...VAD_WEB, silenceMs }) },
];

export const sweep = (kind: (typeof SWEPT)[number]): { patienceMs: number; subject: Subject }[] =>
  PATIENCE_MS.map((patienceMs) => ({ patienceMs, subject: kind.at(patienceMs) }));

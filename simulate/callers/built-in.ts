import type { ScenarioInput } from './scenario.ts';

const QUESTIONS = [
  'Good morning. Could you tell me what you can help me with?',
  'I would like to move my appointment from Tuesday to Friday afternoon.',
  'And what do I have to bring along when I come?',
  'Is there a place nearby where I can leave my car?',
  'Thank you. Could you repeat that once more from the beginning?',
];

/** Callers to begin with; a file of one's own has the same fields. */
export const BUILT_IN_CALLERS: readonly ScenarioInput[] = [
  { name: 'patient', lines: QUESTIONS, patience: { waitMs: 20_000, repeats: 2 } },
  {
    name: 'impatient',
    lines: QUESTIONS,
    pauseMs: [100, 250],
    patience: { waitMs: 2_500, repeats: 1 },
  },
  {
    name: 'interrupter',
    lines: [
      'Please explain to me how the new ticket machine works.',
      'No, wait, I only want to know where it is.',
      'Hold on, does it take coins as well?',
      'Stop, that is enough, thank you very much.',
    ],
    interrupts: { afterMs: [700, 1_600] },
  },
  {
    name: 'backchanneller',
    lines: QUESTIONS,
    backchannels: { say: ['Mm-hm.', 'Uh-huh.', 'Mm.'], everyMs: [900, 1_800] },
  },
  { name: 'street', lines: QUESTIONS, noise: { snrDb: 12 } },
  { name: 'telephone', lines: QUESTIONS, line: 'telephone', noise: { snrDb: 25 } },
];

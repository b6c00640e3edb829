import { formatLevel } from '../format.ts';

/** The texts about hearing and taking turns; loaded with the settings. */
export const TURN_WORDS = {
  meter: {
    label: 'What it hears now',
    asleep: 'Start a call to see what it hears.',
    muted: 'Your microphone is off.',
    reading: (inputDb: number, floorDb: number) => `Now ${formatLevel(inputDb)}, the room ${formatLevel(floorDb)}`,
    open: 'Loud enough',
    closed: 'Too quiet to count',
    room: 'Room',
    gate: 'Limit',
  },
  gate: {
    label: 'Do not listen to quiet sounds',
    hint: 'Off: only the room’s own noise is told from a voice.',
    slider: (gateDb: number) => `Quiet is below ${formatLevel(gateDb)}`,
    effect: (gateDb: number) =>
      `What arrives below ${formatLevel(gateDb)} is taken for nobody speaking to it: people further away, a television.`,
  },
  noise: {
    legend: 'Take noise out of the microphone',
    choices: { browser: 'Browser', strong: 'Strong', off: 'Off' },
    hints: {
      browser: 'As your browser does it for calls.',
      strong: 'A small network on this device takes out more: fans, traffic, typing.',
      off: 'The microphone as it is. For quiet rooms.',
    },
    removing: (suppressedDb: number) => `Takes out ${formatLevel(suppressedDb)} right now.`,
    nothing: 'Nothing to take out right now.',
    asleep: 'During a call this shows how much it takes out.',
  },
  echo: {
    unknown: 'Whether the microphone hears the loudspeaker shows once something was played.',
    clear: 'No echo heard',
    filtered: 'The microphone hears the loudspeaker; that is taken out',
    'half-duplex': 'The microphone hears the loudspeaker too loudly to take it out. It does not listen while it speaks',
    help: 'Headphones help, or a quieter loudspeaker.',
    figures: (leakDb: number, delayMs: number) => `${formatLevel(leakDb)}, ${Math.round(delayMs)} ms`,
    removed: (removedDb: number) => `${formatLevel(removedDb)} taken out`,
  },
  duplex: {
    legend: 'While it speaks',
    full: 'It listens',
    fullHint: 'Talk over the answer to interrupt it.',
    prevented: 'At present it cannot: the microphone hears the loudspeaker too loudly.',
    half: 'It does not listen',
    halfHint: 'Nothing you say over an answer counts; tap to stop it. For loudspeakers it keeps hearing.',
  },
  cues: {
    label: 'Soft sounds',
    hint: 'One when it listens, one when it takes your turn as over.',
  },
  model: {
    label: 'Turn-end model',
    hint: 'Tells by ear whether you have finished or only pause. It runs on this device.',
    off: 'Off: only the length of a pause decides.',
    absent:
      'Not loaded. Where the relay has it, it comes with a call: about 9 MB the first time. Calls do not wait for it.',
    downloading: 'Downloading',
    starting: 'Starting',
    ready: { webgpu: 'Ready, on the graphics chip (GPU)', wasm: 'Ready, on the processor (CPU)' },
  },
  phrases: {
    label: 'Words that stop the answer at once',
    hint: 'However short, also while it is not sure that you speak. It needs a relay that recognises speech.',
    placeholder: 'For example: stop',
    add: 'Add',
    remove: (phrase: string) => `Remove “${phrase}”`,
    full: (count: number) => `${count} are the most. Remove one to add another.`,
  },
  nudge: {
    label: 'Ask whether I am still there',
    never: 'Never',
    after: (afterMs: number) => `After ${afterMs / 1000} s of silence`,
  },
} as const;

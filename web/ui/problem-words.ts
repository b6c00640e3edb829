import type { ProblemKind } from './problem-kinds.ts';
import type { WORDS } from './words.ts';

/** What happens when the problem's button is pressed; `none`: there is nothing to press. */
export type ProblemAction = keyof typeof WORDS.actions | 'none';

export interface ProblemWords {
  title: string;
  wayOut: string;
  action: ProblemAction;
  /** What was said is still there: to be said along, as far as this browser stores it. */
  isSpeechKept?: true;
}

/** Says what happened, what is safe, and the way out. */
const PROBLEM_WORDS: Record<ProblemKind, ProblemWords> = {
  'mic-denied': {
    title: 'The microphone is not allowed',
    wayOut: 'Allow it in the site settings: the icon left of the address, then Microphone. Then tap to talk.',
    action: 'start',
  },
  'mic-dismissed': {
    title: 'The microphone question was closed',
    wayOut: 'Tap to talk and choose “Allow” when your browser asks.',
    action: 'start',
  },
  'mic-missing': {
    title: 'No microphone found',
    wayOut: 'Plug one in or switch one on, then try again.',
    action: 'start',
  },
  'mic-busy': {
    title: 'Another program holds the microphone',
    wayOut: 'Close the other call or recorder, then try again.',
    action: 'start',
  },
  'mic-policy': {
    title: 'This page may not use a microphone here',
    wayOut: 'The site it is embedded in, or your organisation, forbids it. Open Earshot in its own tab.',
    action: 'none',
  },
  'mic-insecure': {
    title: 'Browsers allow the microphone on secure pages only',
    wayOut: 'Open this page over https, or on the machine itself as localhost.',
    action: 'none',
  },
  'mic-overconstrained': {
    title: 'The chosen microphone cannot be used',
    wayOut: 'Choose another one in the settings.',
    action: 'settings',
  },
  'mic-failed': {
    title: 'The microphone did not start',
    wayOut: 'Unplug it and plug it in again, or restart the browser, then try again.',
    action: 'start',
  },
  'mic-lost': {
    title: 'The microphone went away',
    wayOut: 'Plug it in again or choose another one.',
    action: 'settings',
    isSpeechKept: true,
  },
  'noise-suppression-failed': {
    title: 'Strong noise suppression did not start',
    wayOut: 'The call goes on without it. Choose it once more in the settings, or leave it to your browser.',
    action: 'settings',
  },
  'speaker-unsupported': {
    title: 'This browser cannot choose a loudspeaker',
    wayOut: 'Choose it in the settings of your system; answers are heard there.',
    action: 'none',
  },
  'speaker-missing': {
    title: 'The chosen loudspeaker is gone',
    wayOut: 'Plug it in again or choose another one in the settings.',
    action: 'settings',
  },
  'speaker-denied': {
    title: 'The chosen loudspeaker is not allowed',
    wayOut: 'Choose another one in the settings.',
    action: 'settings',
  },
  'speaker-failed': {
    title: 'The chosen loudspeaker cannot be used',
    wayOut: 'Choose another one in the settings.',
    action: 'settings',
  },
  'audio-blocked': {
    title: 'Your browser holds the sound back',
    wayOut: 'Tap the button; browsers let a page make sound only after a tap.',
    action: 'start',
  },
  'engine-failed': {
    title: 'The part that hears when you talk could not load',
    wayOut: 'Check the connection and reload the page.',
    action: 'reload',
  },
  'model-unavailable': {
    title: 'The turn-end model could not be fetched',
    wayOut: 'Calls work without it: only the length of a pause decides. Check the connection and try again.',
    action: 'settings',
  },
  'model-corrupt': {
    title: 'The turn-end model did not arrive as it should be',
    wayOut:
      'It is not used, and calls work without it. Try again; if it stays like this, the relay’s operator should look.',
    action: 'settings',
  },
  'model-unreadable': {
    title: 'The turn-end model is of another version',
    wayOut: 'Calls work without it. Reload the page to get the matching one.',
    action: 'reload',
  },
  'model-failed': {
    title: 'The turn-end model did not run',
    wayOut: 'Calls work without it: only the length of a pause decides. Memory may be short; try again later.',
    action: 'settings',
  },
  'model-too-slow': {
    title: 'The turn-end model is too slow here',
    wayOut: 'It would come after the moment it is for. Calls work without it: only the length of a pause decides.',
    action: 'none',
  },
  'relay-unreachable': {
    title: 'The relay cannot be reached',
    wayOut: 'Check your connection, and that the relay runs.',
    action: 'start',
    isSpeechKept: true,
  },
  'relay-refused': {
    title: 'The relay turned this call away',
    wayOut: 'Reload the page to sign in again.',
    action: 'reload',
    isSpeechKept: true,
  },
  'relay-superseded': {
    title: 'This conversation went on in another tab',
    wayOut: 'Go on there, or tap to bring it back here.',
    action: 'start',
    isSpeechKept: true,
  },
  'relay-too-old': {
    title: 'Page and relay are of different versions',
    wayOut: 'Reload the page to get the matching one.',
    action: 'reload',
    isSpeechKept: true,
  },
  'relay-busy': {
    title: 'The relay is full',
    wayOut: 'Wait a little and try again.',
    action: 'start',
    isSpeechKept: true,
  },
  'network-blocks-voice': {
    title: 'This network blocks live calls',
    wayOut:
      'A firewall or proxy lets web pages through but no WebSocket. Try another network, or ask whoever runs this one.',
    action: 'start',
    isSpeechKept: true,
  },
  'upstream-unreachable': {
    title: 'The model cannot be reached',
    wayOut: 'The relay is fine, the server behind it is not. Ask again.',
    action: 'retry',
    isSpeechKept: true,
  },
  'upstream-silent': {
    title: 'The model did not begin to answer',
    wayOut: 'It may be starting or overloaded. Ask again.',
    action: 'retry',
    isSpeechKept: true,
  },
  'upstream-stalled': {
    title: 'The answer stopped half-way',
    wayOut: 'Ask again for a whole answer.',
    action: 'retry',
    isSpeechKept: true,
  },
  'upstream-died': {
    title: 'The answer broke off',
    wayOut: 'Ask again for a whole answer.',
    action: 'retry',
    isSpeechKept: true,
  },
  'upstream-busy': {
    title: 'The model is busy with others',
    wayOut: 'Ask again in a moment.',
    action: 'retry',
    isSpeechKept: true,
  },
  'upstream-rejected': {
    title: 'The model turned this down',
    wayOut:
      'Often the settings are the reason: the voice, the instructions or the length. Change them, then ask again.',
    action: 'settings',
    isSpeechKept: true,
  },
  'upstream-unauthorised': {
    title: 'The relay may not use this model',
    wayOut: 'Whoever runs the relay has to check its key.',
    action: 'retry',
    isSpeechKept: true,
  },
  'upstream-faulty': {
    title: 'The model sent something unusable',
    wayOut: 'Ask again. If it stays like this, the relay’s operator should look.',
    action: 'retry',
    isSpeechKept: true,
  },
  'utterance-too-long': {
    title: 'That was longer than one minute',
    wayOut: 'The first minute can be answered. Shorter turns work better.',
    action: 'retry',
    isSpeechKept: true,
  },
  'too-many-attempts': {
    title: 'Asked too many times',
    wayOut: 'Say it once more in a new turn.',
    action: 'none',
  },
  'no-answer': {
    title: 'No answer came',
    wayOut: 'Ask again.',
    action: 'retry',
    isSpeechKept: true,
  },
  'audio-refused': {
    title: 'The relay could not take in what you said',
    wayOut: 'Ask again. If that fails too, say it once more.',
    action: 'retry',
    isSpeechKept: true,
  },
  'reply-incomplete': {
    title: 'Part of the answer is missing',
    wayOut: 'Ask again for a whole answer.',
    action: 'retry',
    isSpeechKept: true,
  },
  'storage-full': {
    title: 'This browser has no room left',
    wayOut:
      'The call goes on, but nothing new is kept after you close the page. Delete old conversations to make room.',
    action: 'none',
  },
  'storage-unavailable': {
    title: 'This browser keeps nothing here',
    wayOut: 'Private windows often forbid it. The call works; it is gone once you close the page.',
    action: 'none',
  },
  'storage-failed': {
    title: 'Keeping the conversation failed',
    wayOut: 'The call goes on, but what is said now is gone once you close the page. Reloading often helps.',
    action: 'reload',
  },
  unknown: {
    title: 'Something went wrong',
    wayOut: 'Try again. If it stays like this, reload the page; what was kept is still there.',
    action: 'start',
  },
};

/** The words for any kind, also one that a newer relay made up. */
export function problemWords(kind: string): ProblemWords {
  return isProblemKind(kind) ? PROBLEM_WORDS[kind] : PROBLEM_WORDS.unknown;
}

export const PROBLEM_KINDS = Object.keys(PROBLEM_WORDS).filter(isProblemKind);

function isProblemKind(kind: string): kind is ProblemKind {
  return Object.hasOwn(PROBLEM_WORDS, kind);
}

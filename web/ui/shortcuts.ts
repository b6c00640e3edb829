import type { Status } from '../conversation/status.ts';

/** What of a key press decides. */
export interface KeyPress {
  phase: 'down' | 'up';
  key: string;
  isRepeat: boolean;
  hasModifier: boolean;
  /** Where the key goes: writing keeps all keys, another control keeps those that press it. */
  target: 'field' | 'control' | 'talk' | 'page';
  /** A sheet or pop-over is open and keeps the keys to itself. */
  isCovered: boolean;
}

export type Shortcut =
  | 'talk-down'
  | 'talk-up'
  | 'start'
  | 'interrupt'
  | 'toggle-mute'
  /** Ours, but already under way: only the browser's own action is prevented. */
  | 'swallow';

/** The one place that knows the keys: space talks, Escape stops the answer, m mutes. */
export function toShortcut(press: KeyPress, status: Status, isTalking: boolean): Shortcut | undefined {
  // Letting go counts wherever the focus went meanwhile; a turn must not stay open for ever.
  if (press.phase === 'up') return press.key === ' ' && isTalking ? 'talk-up' : undefined;
  if (press.isCovered || press.hasModifier || press.target === 'field') return undefined;
  const isCalling = status !== 'idle' && status !== 'trouble';
  switch (press.key) {
    case ' ':
      if (press.target === 'control') return undefined;
      if (press.isRepeat || isTalking) return 'swallow';
      // On the talk control, space presses the button itself.
      if (!isCalling) return press.target === 'talk' ? undefined : 'start';
      return 'talk-down';
    case 'Escape':
      return status === 'speaking' || status === 'thinking' ? 'interrupt' : undefined;
    case 'm':
    case 'M':
      return isCalling && !press.isRepeat ? 'toggle-mute' : undefined;
    default:
      return undefined;
  }
}

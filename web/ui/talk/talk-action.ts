import type { CallView } from '../../conversation/status.ts';

/** What pressing the big control does now. `hold` lasts as long as it is pressed. */
export type TalkAction = 'start' | 'interrupt' | 'mute' | 'unmute' | 'hold' | 'none';

export function toTalkAction({ status, isMuted }: CallView, isAutomatic: boolean): TalkAction {
  switch (status) {
    case 'idle':
    case 'trouble':
      return 'start';
    case 'connecting':
      return 'none';
    case 'muted':
      return 'unmute';
    case 'thinking':
    case 'speaking':
      return isAutomatic || isMuted ? 'interrupt' : 'hold';
    case 'listening':
    case 'hearing':
      return isAutomatic ? 'mute' : 'hold';
    case 'reconnecting':
      return isAutomatic ? 'none' : 'hold';
  }
}

import type { Scope } from '#kernel/scope';

/** Safari alone has it, and TypeScript's DOM library does not know it. */
export type AudioSession = EventTarget & { type: string; state?: 'active' | 'interrupted' | 'inactive' };

/** What the page offers around an interruption, so that it can be tested without a phone call. */
export interface InterruptionEnvironment {
  audioSession: AudioSession | undefined;
  /** Where taps and keys of the whole page arrive. */
  gestures: EventTarget;
  /** Told when the page is shown or hidden. */
  visibility: EventTarget & { readonly visibilityState: DocumentVisibilityState };
}

/** Those in which browsers let sound begin; a `pointerdown` of a finger is not one of them. */
const GESTURES = ['pointerup', 'touchend', 'click', 'keydown'];

/**
 * Brings sound back that a phone call, another app or the lack of a tap took away: at once when the interruption ends
 * or the page is seen again, and with the next tap or key where the browser wants one. Until the scope is disposed.
 *
 * @param context also `interrupted` in Safari, which is why its state is only compared with what is well
 */
export function resumeAfterInterruptions(
  context: EventTarget & { readonly state: string; resume(): Promise<void> },
  scope: Scope,
  { audioSession, gestures, visibility }: InterruptionEnvironment,
): void {
  const resume = () => {
    // Refused without a gesture in some browsers; the next one will do.
    if (context.state !== 'running' && context.state !== 'closed') context.resume().catch(() => undefined);
  };
  for (const gesture of GESTURES) scope.listen(gestures, gesture, resume);
  scope.listen(visibility, 'visibilitychange', () => {
    if (visibility.visibilityState === 'visible') resume();
  });
  if (!audioSession) return;
  scope.listen(audioSession, 'statechange', () => {
    if (audioSession.state === 'active') resume();
  });
  // The context may notice its interruption after the session has noticed the end of it.
  scope.listen(context, 'statechange', () => {
    if (context.state === 'interrupted' && audioSession.state === 'active') resume();
  });
}

export function browserInterruptionEnvironment(): InterruptionEnvironment {
  const { audioSession } = navigator as Navigator & { audioSession?: AudioSession };
  return { audioSession, gestures: window, visibility: document };
}

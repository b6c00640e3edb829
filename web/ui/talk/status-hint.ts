import type { JournalHealth } from '../../conversation/ports.ts';
import type { CallView } from '../../conversation/status.ts';
import { formatWait } from '../format.ts';
import { WORDS } from '../words.ts';

/** As far as this browser stores anything. */
export function keptWords(storage: JournalHealth): string {
  return storage.state === 'durable' ? WORDS.hints.kept : WORDS.hints.keptInPage;
}

export interface HintContext {
  isAutomatic: boolean;
  /** The microphone does not count while an answer plays. */
  isHalfDuplex: boolean;
  storage: JournalHealth;
}

/** The line under the status: what happens next, or what to do; never more than is known. */
export function toStatusHint(call: CallView, context: HintContext): string {
  const { isAutomatic, storage } = context;
  const { hints } = WORDS;
  const isDurable = storage.state === 'durable';
  if (call.queued) return hints.queued(Math.max(0, call.queued.position - 1), formatWait(call.queued.etaMs));
  switch (call.status) {
    case 'idle':
      return isAutomatic ? hints.idle : hints.idleHold;
    case 'connecting':
      return hints.connecting;
    case 'listening':
      if (call.link === 'waiting') return isDurable ? hints.offline : hints.offlineInPage;
      if (call.isAskingWhoIsThere) return hints.stillThere;
      return isAutomatic ? hints.listening : hints.listeningHold;
    case 'hearing':
      return isAutomatic ? hints.hearing : hints.hearingHold;
    case 'thinking':
      return call.isMuted ? hints.mutedAnswering : hints.thinking;
    case 'speaking':
      return toSpeakingHint(call, context);
    case 'muted':
      return hints.muted;
    case 'reconnecting':
      return keptWords(storage);
    case 'trouble':
      return hints.trouble;
  }
}

function toSpeakingHint(call: CallView, { isAutomatic, isHalfDuplex }: HintContext): string {
  const { hints } = WORDS;
  if (call.isHushed) return hints.hushed;
  if (call.isDucked) return hints.ducked;
  if (call.isMuted) return hints.mutedAnswering;
  if (!isAutomatic) return hints.speakingHold;
  return isHalfDuplex ? hints.speakingHalf : hints.speaking;
}

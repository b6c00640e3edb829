import type { JournalHealth } from '../../conversation/ports.ts';
import type { CallView } from '../../conversation/status.ts';
import { formatWait } from '../format.ts';
import { WORDS } from '../words.ts';

/** As far as this browser stores anything. */
export function keptWords(storage: JournalHealth): string {
  return storage.state === 'durable' ? WORDS.hints.kept : WORDS.hints.keptInPage;
}

/** The line under the status: what happens next, or what to do; never more than is known. */
export function toStatusHint(call: CallView, isAutomatic: boolean, storage: JournalHealth): string {
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
      return isAutomatic ? hints.listening : hints.listeningHold;
    case 'hearing':
      return isAutomatic ? hints.hearing : hints.hearingHold;
    case 'thinking':
      return call.isMuted ? hints.mutedAnswering : hints.thinking;
    case 'speaking':
      if (call.isDucked) return hints.ducked;
      if (call.isMuted) return hints.mutedAnswering;
      return isAutomatic ? hints.speaking : hints.speakingHold;
    case 'muted':
      return hints.muted;
    case 'reconnecting':
      return keptWords(storage);
    case 'trouble':
      return hints.trouble;
  }
}

import { DEFAULT_POLICY, type Policy } from '../conversation/policy.ts';
import type { CallSettings } from './call.messages.ts';

/** A lower threshold ends voice than starts it, by this much. */
const HYSTERESIS = 0.15;

/** How turns are taken, as the person has set it. */
export function toPolicy(settings: CallSettings): Policy {
  const { voiceThreshold: voiceOn, gateDb, nudgeAfterMs, duplex, isAutomatic, hasCues, stopPhrases } = settings;
  return {
    ...DEFAULT_POLICY,
    ...{ isAutomatic, hasCues, stopPhrases },
    voiceOn,
    voiceOff: voiceOn - HYSTERESIS,
    isHalfDuplex: duplex === 'half',
    ...(gateDb !== undefined && { gateDb }),
    ...(nudgeAfterMs !== undefined && { nudgeAfterMs }),
  };
}

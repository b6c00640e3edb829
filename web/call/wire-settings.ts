import type { Settings } from '#protocol';
import type { CallSettings } from './call.messages.ts';

/** The relay is told how to answer, not how turns are taken. */
export function toWire(settings: CallSettings): Settings {
  const { isAutomatic: _taking, voiceThreshold: _hearing, gateDb: _gate, duplex: _duplex, ...rest } = settings;
  const { hasCues: _cues, stopPhrases: _phrases, nudgeAfterMs: _nudge, usesEndOfTurnModel: _model, ...wire } = rest;
  return wire;
}

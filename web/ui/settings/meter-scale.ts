import { SETTING_RANGES } from '../app-settings.ts';

const QUIET_DB = -80;

/** A level's place on the meter, 0 to 1; the meter ends at full scale. */
export function toShare(levelDb: number): number {
  return Math.min(1, Math.max(0, 1 - levelDb / QUIET_DB));
}

/** Speech across a table is 20 dB and more above the room; half of that keeps quiet voices. */
const ABOVE_ROOM_DB = 10;
const USUAL_GATE_DB = -50;

/** Where a gate that is switched on begins: a little above the room's noise, where that is known. */
export function toFirstGateDb(floorDb: number | undefined): number {
  if (floorDb === undefined) return USUAL_GATE_DB;
  const { min, max } = SETTING_RANGES.gateDb;
  return Math.min(max, Math.max(min, Math.round(floorDb + ABOVE_ROOM_DB)));
}

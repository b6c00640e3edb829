/**
 * What WS /voice costs beside the network and turn detection: `npx vitest bench --run --project unit
 * relay/dialects/gateway`. One iteration is a hundred messages, so that a mean of 0.1 ms is one microsecond a message.
 */
import { bench } from 'vitest';
import { VirtualClock } from '#kernel/clock';
import { silentLogger } from '#kernel/logger';
import { createLiveSession } from '../../session/live/create-live-session.ts';
import type { LiveEvent } from '../../session/live/live-event.ts';
import { ScriptedEars } from '../../session/live/testing/scripted-ears.ts';
import { ScriptedUpstream } from '../../session/testing/scripted-upstream.ts';
import { inputRateOf, type WireFormat } from '../audio/wire-audio.ts';
import { defaultSettings } from '../default-settings.ts';
import { SocketDouble } from '../testing/socket-double.ts';
import { GatewayConnection } from './connection.ts';

const FORMATS: WireFormat[] = [{ encoding: 'pcm16', rateHz: 24_000 }, { encoding: 'pcmu' }];
const AT = { responseId: 'resp_1', itemId: 'item_1', outputIndex: 0 };

for (const format of FORMATS) {
  const rateHz = inputRateOf(format);
  const [socket, clock] = [new SocketDouble(), new VirtualClock()];
  const session = createLiveSession({
    ...{ upstream: new ScriptedUpstream(), ears: new ScriptedEars(), clock, logger: silentLogger },
    settings: defaultSettings(rateHz),
  });
  const options = { session, isResumed: false, format, clock, logger: silentLogger, release: () => {} };
  const connection = new GatewayConnection(socket.socket, options);
  const frame = Buffer.alloc((rateHz * (format.encoding === 'pcm16' ? 2 : 1)) / 50, 1);
  const pcm = Uint8Array.from({ length: 4_800 }, (_, i) => (i * 31) & 0x1f);
  const audio: LiveEvent = { kind: 'audio', at: AT, pcm, rateHz: 24_000 };

  bench(`${format.encoding}: 20 ms heard, a hundred times`, () => {
    clock.advance(2_000);
    for (let i = 0; i < 100; i++) socket.emit('message', frame, true);
  });
  bench(`${format.encoding}: 100 ms of an answer, a hundred times`, () => {
    for (let i = 0; i < 100; i++) connection.tell(audio);
  });
}

import type { OmniFault, OmniScript } from '../../../e2e/fakes/omni-script.ts';
import { describeNetworkUpstream, type Course, type NetworkFixture } from '../network-upstream.contract.ts';
import { describeUpstream } from '../upstream.contract.ts';
import { createCascadeRig } from './testing/cascade-rig.ts';

const fault = (what: OmniFault) => ({ fault: what });

/** The part in the middle fails, as the servers of other upstreams do; for all three see cascade.faults.test.ts. */
const SCRIPTS: Record<Course, Partial<OmniScript>> = {
  slow: { reply: 'This is a story that goes on. '.repeat(60) },
  late: { firstTokenMs: 600 },
  'closes without an answer': fault({ kind: 'reset-before-headers' }),
  'says nothing': fault({ kind: 'hang-before-headers' }),
  'stops in mid-answer': fault({ kind: 'stall', afterChunks: 4, ms: Infinity }),
  'dies before its first event': fault({ kind: 'die', afterChunks: 0 }),
  'dies in mid-answer': fault({ kind: 'die', afterChunks: 5 }),
  'ends too early': fault({ kind: 'end-early', afterChunks: 5 }),
  'is full': fault({ kind: 'status', status: 503 }),
  'refuses the request': fault({ kind: 'status', status: 400 }),
  'refuses our credentials': fault({ kind: 'status', status: 401 }),
  'fails by itself': fault({ kind: 'status', status: 500 }),
  'fails by itself in mid-answer': fault({ kind: 'garbage', afterChunks: 5, what: 'error-object' }),
  'talks nonsense': fault({ kind: 'html-page' }),
  'talks nonsense in mid-answer': fault({ kind: 'garbage', afterChunks: 5, what: 'invalid-json' }),
};

async function createFixture(): Promise<NetworkFixture> {
  const { cascade, mind, close } = await createCascadeRig();
  return {
    upstream: cascade,
    arrange: (course) => mind.next(SCRIPTS[course]),
    faultsFired: () => mind.counters.faults,
    lastAbortMs: () => mind.requests.findLast(({ abortedAtMs }) => abortedAtMs !== undefined)?.abortedAtMs,
    openSockets: () => mind.openSockets,
    stopServer: () => mind.close(),
    closeUpstream: () => cascade.close(),
    close,
  };
}

describeUpstream(createFixture);
describeNetworkUpstream(createFixture);

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { illegalities } from './testing/legal-events.ts';
import { LiveStage, SERVER_VAD, settled } from './testing/live-stage.ts';

type Act = (stage: LiveStage, n: number) => unknown;

const lastItem = (stage: LiveStage, n: number) => stage.session.items.at(-1 - (n % 3))?.id ?? 'item_x';

/** Everything that may happen to a session, from either side. */
const ACTS: Record<string, Act> = {
  hear: (stage, n) => stage.hear(20 * (1 + (n % 40))),
  started: (stage, n) => signal(stage, { kind: 'started', startSample: n * 10 }),
  paused: (stage, n) => signal(stage, { kind: 'paused', endSample: n * 100 }),
  resumed: (stage) => signal(stage, { kind: 'resumed' }),
  stopped: (stage, n) => signal(stage, { kind: 'stopped', endSample: n * 100 }),
  commit: (stage) => void stage.session.commit(),
  clear: (stage) => stage.session.clear(),
  say: (stage, n) => {
    stage.session.addItem({ kind: 'message', role: 'user', content: [{ kind: 'text', text: `words ${n}` }] });
  },
  result: (stage, n) => void stage.session.addItem({ kind: 'tool-result', callId: `call_${n % 4}`, output: '1' }),
  delete: (stage, n) => void stage.session.deleteItem(lastItem(stage, n)),
  truncate: (stage, n) => void stage.session.truncateItem(lastItem(stage, n), n),
  respond: (stage) => void stage.session.respond(),
  aside: (stage) => void stage.session.respond({ isOutOfBand: true, output: 'text' }),
  cancel: (stage) => void stage.session.cancel(),
  'answer words': (stage) => stage.upstream.answers.at(-1)?.text('some words '),
  'answer sound': (stage, n) => stage.upstream.answers.at(-1)?.audio(10 + (n % 200)),
  'answer call': (stage, n) => {
    stage.upstream.answers.at(-1)?.push({ kind: 'tool-call', callId: `call_${n % 4}`, name: 'f', arguments: '{}' });
  },
  'answer transcript': (stage) => stage.upstream.answers.at(-1)?.push({ kind: 'transcript', text: 'heard' }),
  'answer ends': (stage) => stage.upstream.answers.at(-1)?.end(),
  'answer fails': (stage) => stage.upstream.answers.at(-1)?.fail('upstream-died'),
  'time passes': (stage, n) => stage.clock.advance(n),
  reconnect: (stage) => {
    stage.session.detach(stage);
    // A new connection has heard of nothing yet, and is told of the items that are there.
    const items = stage.session.items.map((item) => ({ kind: 'item-added', item, previousItemId: null }) as const);
    stage.events.splice(0, Infinity, ...items);
    stage.session.attach(stage);
  },
  vad: (stage, n) => {
    const { turnDetection: _, ...settings } = stage.session.settings;
    const turnDetection = { ...SERVER_VAD, interruptResponse: n % 2 === 0, idleTimeoutMs: 5_000 };
    stage.session.configure(n % 5 === 0 ? settings : { ...settings, turnDetection });
  },
};

function signal(stage: LiveStage, what: Parameters<LiveStage['ears']['detector']['signal']>[0]): void {
  const detector = stage.ears.detectors.at(-1);
  if (detector && !detector.isClosed) detector.signal(what);
}

/** What leads to the rarer states comes more often. */
const OFTEN = ['started', 'paused', 'stopped', 'respond', 'answer words', 'answer sound', 'answer call', 'answer ends'];
const act = fc.constantFrom(...Object.keys(ACTS), ...OFTEN, ...OFTEN);
const script = fc.array(fc.tuple(act, fc.nat(2_000)), { maxLength: 60 });

async function perform(stage: LiveStage, acts: readonly (readonly [string, number])[]): Promise<void> {
  for (const [name, n] of acts) {
    await ACTS[name]?.(stage, n);
    // Some acts come while others are still under way.
    if (n % 4 !== 0) await settled();
  }
  await settled();
}

describe('a live session', () => {
  it('tells only what dialects may pass on, whatever is done to it in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(script, fc.boolean(), async (acts, hasVad) => {
        const stage = new LiveStage(hasVad ? { turnDetection: SERVER_VAD } : {});
        await perform(stage, acts);
        const told = [...stage.events];
        stage.session.close();
        await settled();
        expect(illegalities(stage.events)).toEqual([]);
        // Closing tells nothing: nobody listens any more.
        expect(stage.events).toEqual(told);
        expect(stage.upstream.answers.every(({ isOver }) => isOver)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('ends every response it began as long as somebody listens', async () => {
    await fc.assert(
      fc.asyncProperty(script, async (acts) => {
        const stage = new LiveStage({ turnDetection: SERVER_VAD });
        await perform(
          stage,
          acts.filter(([name]) => name !== 'reconnect'),
        );
        // A turn prepared or waiting may still begin: everything ends when its answer does.
        for (let i = 0; i < 20; i++) {
          for (const answer of stage.upstream.answers) answer.end();
          await settled();
        }
        const of = (kind: 'response-created' | 'response-done') =>
          stage.events.flatMap((event) => (event.kind === kind ? [event.response.id] : [])).sort();
        expect(of('response-done')).toEqual(of('response-created'));
      }),
      { numRuns: 500 },
    );
  });
});

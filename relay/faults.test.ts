import { afterEach, describe, expect, it } from 'vitest';
import { createFakeOmni, type FakeOmni } from '../e2e/fakes/omni-server.ts';
import type { OmniFault, OmniScript } from '../e2e/fakes/omni-script.ts';
import { Caller } from './dialects/earshot/testing/caller.ts';
import { startRelay, type TestRelay } from './dialects/earshot/testing/relay.ts';
import { Speaker } from './session/testing/speaker.ts';
import { createOmniChat } from './upstream/omni-chat/omni-chat.ts';
import { Pool } from './upstream/pool/pool.ts';

/** Shorter than the play-out credit, so that the caller need not pretend to listen; above fifty events. */
const QUICK: Partial<OmniScript> = {
  ...{ reply: 'It is noon, and the tide is high.', firstTokenMs: 10, firstAudioMs: 40, chunkMs: 30, pace: 0.2 },
};

/** What one caller was told, and when. */
interface Story {
  /** `accepted 1`, `queued`, `answer 1`, `error upstream-busy`, `final 2`; repeats left out. */
  told: string[];
  answeredBy: string | undefined;
  longestSilenceMs: number;
  /** From the last of the first attempt to the word that another one has begun. */
  noticeMs: number | undefined;
  endMs: number;
}

interface Rig {
  fakes: FakeOmni[];
  relay: TestRelay;
  stop(): Promise<void>;
}

/** As in the product: real budgets, one group. */
async function createRig(scripts: Partial<OmniScript>[], options: { refuses?: boolean } = {}): Promise<Rig> {
  const fakes = await Promise.all(scripts.map((script) => createFakeOmni({ script: { ...QUICK, ...script } })));
  const clients = fakes.map(({ baseUrl, model }) => createOmniChat({ baseUrl, model }));
  if (options.refuses) await fakes[0]?.close();
  const servers = clients.map((upstream, i) => ({
    name: `gpu-${i + 1}`,
    upstream,
    maxConcurrent: 2,
    weight: 1,
    warmsUp: false,
  }));
  const relay = await startRelay({ upstream: new Pool({ groups: [{ name: 'gpu', servers }] }) });
  const stop = async (): Promise<void> => {
    await relay.stop();
    await Promise.all([...clients, ...fakes].map((one) => one.close()));
  };
  return { fakes, relay, stop };
}

async function tell(relay: TestRelay): Promise<Story> {
  const caller = await Caller.connect(relay.url);
  const startedMs = performance.now();
  const at: { ms: number; what: string }[] = [];
  caller.socket.on('message', (_, isBinary) =>
    at.push({ ms: performance.now() - startedMs, what: wordsFor(caller, isBinary) }),
  );
  caller.say(new Speaker('u1', 1, 30));
  await caller.until(() => caller.all('final').length > 0 || caller.all('error').length > 0);
  caller.cut();
  const times = [0, ...at.map(({ ms }) => ms)];
  const restart = at.findIndex(({ what }) => what === 'accepted 2');
  const started = caller.all('reply').findLast(({ part }) => part.kind === 'started')?.part;
  return {
    told: at.map(({ what }) => what).filter((what, i, all) => what !== all[i - 1]),
    answeredBy: started?.kind === 'started' ? started.upstream : undefined,
    longestSilenceMs: Math.max(...times.slice(1).map((ms, i) => ms - (times[i] ?? 0))),
    noticeMs: restart > 0 ? (at[restart]?.ms ?? 0) - (at[restart - 1]?.ms ?? 0) : undefined,
    endMs: times.at(-1) ?? 0,
  };
}

function wordsFor(caller: Caller, isBinary: boolean): string {
  if (isBinary) return `answer ${caller.frames.at(-1)?.attempt}`;
  const message = caller.messages.at(-1);
  switch (message?.type) {
    case 'reply':
      return `answer ${message.attempt}`;
    case 'accepted':
    case 'final':
      return `${message.type} ${message.attempt}`;
    case 'error':
      return `error ${message.code}`;
    default:
      return message?.type ?? 'nothing';
  }
}

const FAULTS: Record<string, OmniFault | 'refused' | 'slow'> = {
  refused: 'refused',
  'breaks off without an answer': { kind: 'reset-before-headers' },
  hangs: { kind: 'hang-before-headers' },
  'dies after 0 events': { kind: 'die', afterChunks: 0 },
  'dies after 1 event': { kind: 'die', afterChunks: 1 },
  'dies after 5 events': { kind: 'die', afterChunks: 5 },
  'dies after 50 events': { kind: 'die', afterChunks: 50 },
  stalls: { kind: 'stall', afterChunks: 30, ms: Infinity },
  garbage: { kind: 'garbage', afterChunks: 30, what: 'invalid-json' },
  'web page': { kind: 'html-page' },
  '429': { kind: 'status', status: 429, retryAfter: '2' },
  '500': { kind: 'status', status: 500 },
  '400': { kind: 'status', status: 400 },
  '401': { kind: 'status', status: 401 },
  slow: 'slow',
};

async function storyOf(fault: OmniFault | 'refused' | 'slow', hasSpare: boolean): Promise<Story> {
  const faulty: Partial<OmniScript> =
    typeof fault === 'object'
      ? { fault }
      : fault === 'slow'
        ? { firstTokenMs: 5_000, firstAudioMs: 5_500, pace: 2 }
        : {};
  const rig = await createRig([faulty, ...(hasSpare ? [{}] : [])], { refuses: fault === 'refused' });
  const story = await tell(rig.relay);
  await rig.stop();
  return story;
}

function print(rows: [string, Story][]): void {
  const lines = rows.map(
    ([name, { told, longestSilenceMs, endMs }]) =>
      `${name.padEnd(44)} ${(endMs / 1000).toFixed(1).padStart(5)} s, silent ≤ ${(longestSilenceMs / 1000).toFixed(1)} s: ${told.join(' · ')}`,
  );
  process.stdout.write(`${lines.join('\n')}\n`);
}

const rigs: Rig[] = [];
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.stop();
});

describe('what a caller sees of a failing server', { timeout: 90_000 }, () => {
  it('with another beside it: an answer, unless the request itself was wrong, and never 3.5 s of silence', async () => {
    const rows = await Promise.all(
      Object.entries(FAULTS).map(async ([name, fault]): Promise<[string, Story]> => [name, await storyOf(fault, true)]),
    );
    print(rows.map(([name, story]) => [`${name} (another is there)`, story]));
    for (const [name, story] of rows) {
      expect(story.longestSilenceMs, name).toBeLessThan(3_500);
      expect(story.told[0], name).toBe('accepted 1');
      const end = story.told.at(-1);
      if (name === '400') expect(end).toBe('error upstream-rejected');
      else expect(end, name).toMatch(/^final [12]$/);
      const isRestarted = /after (5|50) events|stalls|garbage/.test(name);
      expect(end === 'final 2', name).toBe(isRestarted);
      if (name !== '400') expect(story.answeredBy, name).toBe(name === 'slow' ? 'gpu-1' : 'gpu-2');
      if (/after (5|50) events|garbage/.test(name)) expect(story.noticeMs, name).toBeLessThan(500);
    }
  });

  it('alone: the failure by name, within 17 s, and never 3.5 s of silence', async () => {
    const rows = await Promise.all(
      Object.entries(FAULTS).map(async ([name, fault]): Promise<[string, Story]> => [
        name,
        await storyOf(fault, false),
      ]),
    );
    print(rows.map(([name, story]) => [`${name} (alone)`, story]));
    const ends: Record<string, string> = {
      ...{ refused: 'unreachable', 'breaks off without an answer': 'unreachable', hangs: 'silent', stalls: 'stalled' },
      ...{ 'dies after 0 events': 'unreachable', 'dies after 1 event': 'died', 'dies after 5 events': 'died' },
      ...{ 'dies after 50 events': 'died', garbage: 'faulty', 'web page': 'faulty' },
      ...{ '429': 'busy', '500': 'faulty', '400': 'rejected', '401': 'unauthorised' },
    };
    for (const [name, story] of rows) {
      expect(story.longestSilenceMs, name).toBeLessThan(3_500);
      expect(story.told.at(-1), name).toBe(name === 'slow' ? 'final 1' : `error upstream-${ends[name]}`);
      if (name !== 'slow') expect(story.endMs, name).toBeLessThan(17_000);
    }
  });
});

describe('an interruption', { timeout: 60_000 }, () => {
  it('closes the request upstream within 100 ms, through connection, session and pool', async () => {
    const rig = await createRig([{ pace: 1 }]);
    rigs.push(rig);
    const caller = await Caller.connect(rig.relay.url);
    const delaysMs: number[] = [];
    for (let n = 1; n <= 20; n++) {
      caller.say(new Speaker(`u${n}`, n, 10));
      const before = caller.frames.length;
      await caller.until(() => caller.frames.length > before);
      const cutMs = performance.now();
      caller.send({ type: 'cancel', utterance: `u${n}`, attempt: 1, heardSample: 0 });
      await expect.poll(() => rig.fakes[0]?.counters.aborted, { interval: 2 }).toBe(n);
      delaysMs.push((rig.fakes[0]?.requests.at(-1)?.abortedAtMs ?? Infinity) - cutMs);
    }
    delaysMs.sort((a, b) => a - b);
    process.stdout.write(
      `barge-in to closed request: median ${delaysMs[10]?.toFixed(1)} ms, worst ${delaysMs.at(-1)?.toFixed(1)} ms\n`,
    );
    expect(delaysMs.at(-1)).toBeLessThan(100);
    caller.cut();
  });
});

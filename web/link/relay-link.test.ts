import { describe, expect, test } from 'vitest';
import { LinkBench, settle } from './fakes/link-bench.ts';
import { joined } from './fakes/model-relay.ts';
import { encodeServer, decodeAudio, parseClient, type ClientMessage } from '#protocol';
import { LIMITS } from '#protocol/limits';

const frame = (value: number, bytes = 8) => new Uint8Array(bytes).fill(value);

/** A relay that welcomes and otherwise only listens. */
function listener(turns = {}, need: string[] = []) {
  const heard: ClientMessage[] = [];
  const audio: { handle: number; sequence: number; sample: number; pcm: number[] }[] = [];
  const bench = new LinkBench({
    historyAudio: (utterance) => Promise.resolve(utterance === 'old' ? frame(9, 20_000) : undefined),
    history: [{ utterance: 'old', user: 'hello' }],
    serve: (client) => ({
      received(wire) {
        if (typeof wire !== 'string') {
          const decoded = decodeAudio(wire);
          if (decoded.ok) audio.push({ ...decoded.value, pcm: [...decoded.value.pcm] });
          return;
        }
        const parsed = parseClient(wire);
        if (parsed.kind !== 'message') throw new Error('faulty');
        heard.push(parsed.message);
        if (parsed.message.type === 'hello') {
          const resumed = false;
          client.send(
            encodeServer({ type: 'welcome', session: 's', epoch: 'e', resumed, turns, need, creditMs: 4000 }),
          );
        }
      },
      disconnected() {},
    }),
  });
  const types = () => heard.map(({ type }) => type);
  return { bench, heard, audio, types };
}

describe('an utterance', () => {
  test('is sent while it is spoken and committed with its length and hash', async () => {
    const { bench, heard, audio } = listener();
    await bench.open();
    bench.link.begin('u');
    bench.link.append('u', frame(1));
    bench.link.append('u', frame(2));
    await bench.run();
    expect(audio.map(({ sequence, sample }) => [sequence, sample])).toEqual([
      [0, 0],
      [1, 4],
    ]);
    bench.link.commit('u', true);
    await bench.run();
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(joined([frame(1), frame(2)]))));
    const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
    expect(heard.at(-1)).toEqual({
      type: 'commit',
      utterance: 'u',
      frames: 2,
      bytes: 16,
      sha256,
      after: 0,
      speculative: true,
    });
  });

  test('spoken before there is a connection is sent when there is one', async () => {
    const bench = new LinkBench();
    bench.link.begin('u');
    bench.link.append('u', frame(1));
    bench.link.commit('u', false);
    await bench.open();
    await bench.answer();
    expect(bench.events.at(-1)).toMatchObject({ type: 'final', utterance: 'u' });
  });

  test('goes on after a lost connection with only what the relay lacks', async () => {
    const { bench, audio, types } = listener({ u: { state: 'assembling', frames: 2, attempt: 0 } });
    bench.link.begin('u');
    for (let i = 0; i < 5; i++) bench.link.append('u', frame(i));
    await bench.open();
    expect(audio.map(({ sequence }) => sequence)).toEqual([2, 3, 4]);
    expect(types()).toEqual(['hello', 'begin']);
  });

  test('is reopened on a relay that answers an earlier state of it', async () => {
    const { bench, types } = listener({ u: { state: 'running', frames: 1, attempt: 3 } });
    bench.link.begin('u');
    bench.link.append('u', frame(1));
    bench.link.append('u', frame(2));
    bench.link.commit('u', false);
    await bench.open();
    expect(types()).toEqual(['hello', 'reopen', 'begin', 'commit']);
    bench.network.inject(
      encodeServer({ type: 'reply', utterance: 'u', attempt: 3, n: 0, part: { kind: 'text', text: 'x' } }),
    );
    bench.network.inject(encodeServer({ type: 'accepted', utterance: 'u', attempt: 4 }));
    await bench.run();
    expect(bench.events).toEqual([{ type: 'accepted', utterance: 'u', attempt: 4 }]);
    expect(bench.link.counters().staleEvents).toBe(1);
  });

  test('that was discarded while offline is discarded at the relay', async () => {
    const { bench, heard } = listener({ gone: { state: 'assembling', frames: 7, attempt: 0 } });
    await bench.open();
    expect(heard.at(-1)).toEqual({ type: 'discard', utterance: 'gone' });
  });

  test('longer than a relay takes is committed without its end', async () => {
    const { bench, heard } = listener();
    await bench.open();
    bench.link.begin('u');
    const second = LIMITS.inputRateHz * 2;
    for (let i = 0; i < 130; i++) bench.link.append('u', frame(1, second / 2));
    bench.link.commit('u', false);
    await bench.run();
    expect(heard.at(-1)).toMatchObject({ type: 'commit', frames: 120, bytes: 60 * second });
  });

  test('is given up when the relay keeps refusing its audio', async () => {
    const { bench } = listener();
    await bench.open();
    bench.link.begin('u');
    bench.link.append('u', frame(1));
    bench.link.commit('u', false);
    for (let i = 0; i < 6; i++) bench.network.inject(encodeServer({ type: 'nak', utterance: 'u', have: 0 }));
    await bench.run();
    expect(bench.events).toEqual([
      { type: 'failed', utterance: 'u', attempt: 0, problem: { kind: 'audio-refused', retry: 'later' } },
    ]);
  });

  test('waits for a place when the relay holds as many as it takes, and a failed one makes room', async () => {
    const { bench, types, heard } = listener();
    await bench.open();
    for (let i = 0; i < 5; i++) {
      bench.link.begin(`u${i}`);
      bench.link.append(`u${i}`, frame(i));
      bench.link.commit(`u${i}`, false);
    }
    await bench.run();
    const begun = () => heard.flatMap((message) => (message.type === 'begin' ? [message.utterance] : []));
    expect(begun()).toEqual(['u0', 'u1', 'u2', 'u3']);
    bench.link.begin('u5');
    bench.network.inject(
      encodeServer({ type: 'error', code: 'upstream-died', retry: 'later', message: '', utterance: 'u2', attempt: 1 }),
    );
    await bench.run();
    bench.link.append('u4', frame(9));
    await bench.run();
    expect(begun()).toEqual(['u0', 'u1', 'u2', 'u3', 'u4']);
    expect(types()).toContain('discard');
    bench.link.discard('u0');
    await bench.run();
    expect(begun().at(-1)).toBe('u5');
  });

  test('restored from an earlier page load is named with the attempt it had reached', async () => {
    const { bench, heard } = listener();
    bench.link.restore('u', [frame(1), frame(2)], 2);
    bench.link.commit('u', false);
    await bench.open();
    expect(heard[0]).toMatchObject({ open: [{ utterance: 'u', attempt: 2, received: 0 }] });
    expect(heard.at(-1)).toMatchObject({ type: 'commit', frames: 2, after: 2 });
  });
});

test('an answer tells the play-out position again on the next connection', async () => {
  const { bench, heard } = listener({ u: { state: 'running', frames: 1, attempt: 1 } });
  bench.link.begin('u');
  bench.link.append('u', frame(1));
  bench.link.commit('u', false);
  bench.link.played('u', 1, 480);
  await bench.open();
  expect(heard).toContainEqual({ type: 'played', utterance: 'u', attempt: 1, sample: 480 });
});

describe('earlier turns', () => {
  test('are handed over as audio before anything is asked', async () => {
    const { bench, heard, audio, types } = listener({}, ['old', 'lost']);
    bench.link.begin('u');
    bench.link.append('u', frame(1));
    bench.link.commit('u', false);
    await bench.open();
    expect(types()).toEqual(['hello', 'begin', 'commit', 'begin', 'commit']);
    expect(heard[1]).toEqual({ type: 'begin', utterance: 'old', handle: 0, role: 'history' });
    expect(heard[2]).toMatchObject({ type: 'commit', utterance: 'old', frames: 3, bytes: 20_000 });
    expect(heard[3]).toEqual({ type: 'begin', utterance: 'u', handle: 1, role: 'turn' });
    expect(audio.slice(0, 3).flatMap(({ pcm }) => pcm)).toEqual([...frame(9, 20_000)]);
  });

  test('do not hold up the call when storage hangs', async () => {
    const bench = new LinkBench({
      historyAudio: () => new Promise(() => {}),
      serve: (client) => ({
        received: (wire) => {
          if (typeof wire === 'string' && wire.includes('"hello"')) {
            const welcome = {
              type: 'welcome',
              session: 's',
              epoch: 'e',
              resumed: false,
              turns: {},
              creditMs: 1,
            } as const;
            client.send(encodeServer({ ...welcome, need: ['old'] }));
          } else if (typeof wire === 'string' && wire.includes('"begin"')) begun.push(wire);
        },
        disconnected() {},
      }),
    });
    const begun: string[] = [];
    bench.link.begin('u');
    await bench.open();
    expect(begun).toEqual([]);
    bench.clock.advance(1_000);
    await settle();
    await bench.run();
    expect(begun).toHaveLength(1);
  });
});

test('a closed link forgets its utterances', async () => {
  const bench = new LinkBench();
  await bench.open();
  bench.link.begin('u');
  bench.link.close();
  await bench.open();
  bench.link.append('u', frame(1));
  bench.link.commit('u', false);
  await bench.run();
  expect(bench.relay.inferences).toEqual([]);
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '#protocol';
import type { ConversationEvent } from '../events.ts';
import { DEFAULT_POLICY } from '../policy.ts';
import { initialState, type ConversationState } from '../state.ts';
import { toView } from '../status.ts';
import { step } from '../step.ts';

type Make = (state: ConversationState) => ConversationEvent;

const make = (maker: Make): Make[] => [maker];
const problem = { kind: 'upstream-died', retry: 'now' } as const;
const named = (state: ConversationState, name: string): string => (name === 'current' ? currentId(state) : name);

let endSample = 0;

function frame(isVoiced: boolean, interjection: number): Make {
  return () => {
    endSample += LIMITS.frameSamples;
    const sound = { lastLoudSample: isVoiced ? endSample : 0, levelDb: isVoiced ? -26 : -66, floorDb: -66 };
    return { type: 'heard', probability: isVoiced ? 0.9 : 0.1, endSample, ...sound, echo: 0, interjection };
  };
}

const FIXED: ConversationEvent[] = [
  { type: 'user.interrupt' },
  { type: 'mic.opened' },
  { type: 'mic.lost', problem: { kind: 'mic-lost', retry: 'now' } },
  { type: 'link.changed', link: { phase: 'online', resumed: true } },
  { type: 'link.changed', link: { phase: 'waiting', attempt: 1, delayMs: 10 } },
  { type: 'timer.fired', name: 'answer' },
  { type: 'timer.fired', name: 'nudge' },
  { type: 'echo.changed', mode: 'half-duplex' },
  { type: 'echo.changed', mode: 'filtered' },
  { type: 'user.stop' },
];

function reply(name: string, attempt: number, kind: string): Make {
  return (state) => {
    const base = { utterance: named(state, name), attempt };
    if (kind === 'accepted') return { type: 'reply.accepted', ...base };
    if (kind === 'audio') return { type: 'reply.audio', ...base, endSample: 2400 };
    if (kind === 'final') return { type: 'reply.final', ...base, samples: 2400 };
    if (kind === 'failed') return { type: 'reply.failed', ...base, problem };
    return { type: 'reply.part', ...base, part: { kind: 'text', text: 'word ' } };
  };
}

/** Any event at any time: runs of voice and silence, ids and epochs that are right, old or invented. */
const anyAction: fc.Arbitrary<Make[]> = (() => {
  const utterance = fc.constantFrom('current', 'current', 'current', 'call.1', 'other');
  const kinds = fc.constantFrom('accepted', 'audio', 'audio', 'final', 'failed', 'text');
  const stream = fc.integer({ min: -1, max: 1 });
  return fc.oneof(
    {
      weight: 12,
      arbitrary: fc
        .tuple(fc.boolean(), fc.integer({ min: 1, max: 24 }), fc.constantFrom(0, 0, 1))
        .map(([isVoiced, frames, hum]) => Array.from({ length: frames }, () => frame(isVoiced, hum))),
    },
    {
      weight: 6,
      arbitrary: fc.tuple(utterance, fc.integer({ min: 1, max: 2 }), kinds).map((of) => make(reply(...of))),
    },
    { weight: 3, arbitrary: fc.constantFrom(...FIXED).map((event) => make(() => event)) },
    {
      weight: 3,
      arbitrary: fc.constant<Make[]>([() => ({ type: 'user.start', callId: 'call' }), () => ({ type: 'mic.opened' })]),
    },
    fc.boolean().map((isMuted) => make(() => ({ type: 'user.mute', isMuted }))),
    fc.boolean().map((isHeld) => make(() => ({ type: 'user.talk', isHeld, atSample: endSample }))),
    utterance.map((name) =>
      make((state) => ({ type: 'utterance.found', utterance: named(state, name), attempt: 0, durationMs: 1 })),
    ),
    fc.double({ min: 0, max: 1, noNaN: true }).map((probability) =>
      make((state) => {
        const utterance = currentId(state);
        const judged = state.turn.name === 'settling' ? state.turn.utterance.voice.endSample : 0;
        return { type: 'turn.judged', utterance, endSample: judged, probability };
      }),
    ),
    stream.map((offset) =>
      make((state) => ({ type: 'interjection.understood', stream: state.epoch + offset, text: 'Now stop!' })),
    ),
    stream.map((offset) => make((state) => ({ type: 'play.drained', stream: state.epoch + offset }))),
    stream.map((offset) => make((state) => ({ type: 'play.stopped', stream: state.epoch + offset, playedSample: 9 }))),
  );
})();

function currentId({ turn }: ConversationState): string {
  if (turn.name === 'hearing' || turn.name === 'settling') return turn.utterance.id;
  return 'id' in turn ? turn.id : 'none';
}

function isConsistent(state: ConversationState): boolean {
  const { turn, mic } = state;
  if (turn.name === 'speaking' && !turn.reply.hasAudio) return false;
  if (turn.name === 'idle' && mic !== 'off') return false;
  return toView(state).status.length > 0;
}

describe('any sequence of events', () => {
  const visited = new Set<string>();

  it('ends in a legal state, with every stream that was started also ended or stopped', () => {
    fc.assert(
      fc.property(fc.array(anyAction, { minLength: 1, maxLength: 60 }), (actions) => {
        endSample = 0;
        const wishes = { hasCues: true, stopPhrases: ['stop'], nudgeAfterMs: 5000 };
        let state: ConversationState = { ...initialState({ ...DEFAULT_POLICY, ...wishes }), echo: 'clear' };
        const open = { streams: new Set<number>(), utterances: new Set<string>(), timers: new Set<string>() };
        const hushed = new Set<number>();
        let epoch = 0;
        for (const next of [...actions.flat(), () => ({ type: 'user.stop' }) as const]) {
          const result = step(state, next(state));
          state = result.state;
          visited.add(state.turn.name);
          const isLegal = state.epoch >= epoch && isConsistent(state);
          // `expect` is too slow to be called for every event.
          if (!isLegal) expect.fail(JSON.stringify(state));
          epoch = state.epoch;
          for (const command of result.commands) {
            if (command.type === 'play.start') open.streams.add(command.stream);
            if (command.type === 'play.end' || command.type === 'play.stop') open.streams.delete(command.stream);
            if (command.type === 'play.pause') hushed.add(command.stream);
            if (command.type === 'play.resume' || command.type === 'play.stop') hushed.delete(command.stream);
            if (command.type === 'timer.set') open.timers.add(command.name);
            if (command.type === 'timer.clear') open.timers.delete(command.name);
            if (command.type === 'utterance.open') open.utterances.add(command.utterance);
            if (command.type === 'reply.settle' || command.type === 'utterance.discard') {
              open.utterances.delete(command.utterance);
            }
            if (command.type === 'utterance.release') open.utterances.delete(command.utterance);
          }
          // An answer would stand still, and nobody would let it go on.
          if (state.turn.name === 'speaking' && hushed.has(epoch)) expect.fail('left hushed');
        }
        const yielded = step(state, { type: 'play.stopped', stream: state.epoch, playedSample: 0 });
        expect(yielded.state.turn.name).toBe('idle');
        for (const command of yielded.commands) {
          if (command.type === 'reply.settle') open.utterances.delete(command.utterance);
        }
        expect([...open.streams]).toEqual([]);
        expect([...open.utterances]).toEqual([]);
        if (state.turn.name === 'idle') expect([...open.timers]).toEqual([]);
      }),
      { numRuns: 3000, seed: 20261120 },
    );
    // A fuzzer that never got past listening would prove nothing.
    expect([...visited].sort()).toEqual(
      ['ducked', 'hearing', 'idle', 'listening', 'settling', 'speaking', 'thinking', 'yielding'].sort(),
    );
  }, 60_000);
});

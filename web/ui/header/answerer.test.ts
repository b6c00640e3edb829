import { describe, expect, it } from 'vitest';
import { IDLE_VIEW, type CallView } from '../../conversation/status.ts';
import type { Turn } from '../../conversation/turn-log.ts';
import type { RelayInfo } from '../app-model.ts';
import { toAnswerer } from './answerer.ts';

const RELAY: RelayInfo = {
  state: 'known',
  host: 'localhost',
  upstream: 'omni-chat',
  model: 'Qwen3-Omni',
  voices: [],
  isModelConnected: true,
  defaultPrompt: '',
};
const CALLING: CallView = { ...IDLE_VIEW, status: 'speaking', link: 'online' };

const answeredBy = (upstream: string, model: string): Turn => ({
  utterance: 'a.1',
  state: 'answered',
  startedAtMs: 0,
  durationMs: 900,
  reply: { attempt: 1, upstream, model, rateHz: 24_000, text: 'Hello' },
});

describe('toAnswerer', () => {
  it('names the model the relay announced', () => {
    expect(toAnswerer(RELAY, IDLE_VIEW, [])).toEqual({ kind: 'model', model: 'Qwen3-Omni', upstream: 'omni-chat' });
  });

  it('calls an echo an echo', () => {
    expect(toAnswerer({ ...RELAY, isModelConnected: false }, IDLE_VIEW, [])).toEqual({ kind: 'echo' });
  });

  it('believes the last answer of a running call more than the announcement', () => {
    expect(toAnswerer(RELAY, CALLING, [answeredBy('cascade', 'Qwen3-8B')])).toEqual({
      kind: 'model',
      model: 'Qwen3-8B',
      upstream: 'cascade',
    });
    expect(toAnswerer(RELAY, CALLING, [answeredBy('echo', 'echo')])).toEqual({ kind: 'echo' });
  });

  it('does not take an old conversation for what answers now', () => {
    expect(
      toAnswerer({ ...RELAY, isModelConnected: false }, IDLE_VIEW, [answeredBy('omni-chat', 'Qwen3-Omni')]),
    ).toEqual({
      kind: 'echo',
    });
  });

  it('admits that it does not know', () => {
    expect(toAnswerer({ state: 'asking' }, IDLE_VIEW, [])).toEqual({ kind: 'asking' });
    expect(toAnswerer({ state: 'unreachable' }, CALLING, [])).toEqual({ kind: 'unreachable' });
  });
});

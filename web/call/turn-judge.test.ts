import { expect, it } from 'vitest';
import type { ModelState } from '../conversation/ports.ts';
import type { EndOfTurnClient } from '../speech/end-of-turn-client.ts';
import { TurnJudge } from './turn-judge.ts';

function bench(judged: { probability?: number } = { probability: 0.4 }) {
  const asked: string[] = [];
  const states: ModelState[] = [];
  const client: EndOfTurnClient = {
    load: () => asked.push('load'),
    judge: () => Promise.resolve(judged.probability),
    thresholdFor: (language) => (language === 'nl' ? 0.2 : 0.5),
    onState: (listener) => (listener({ state: 'absent' }), () => {}),
    dispose: () => asked.push('dispose'),
  };
  let language: string | undefined;
  const judge = new TurnJudge({
    connect: () => client,
    language: () => language,
    onState: (state) => states.push(state),
  });
  judge.attach(new MessageChannel().port1);
  return { judge, asked, states, speak: (next: string) => (language = next) };
}

const audio = () => new Float32Array(16);

it("judges by the threshold of the speaker's language", async () => {
  const { judge, speak } = bench({ probability: 0.4 });
  judge.use(true);
  expect(await judge.judge(audio())).toBeCloseTo(0.4);
  speak('nl');
  expect(await judge.judge(audio())).toBeCloseTo(0.625);
});

it('is silent when it is not wanted, or has nothing to say', async () => {
  expect(await bench().judge.judge(audio())).toBeUndefined();
  const { judge } = bench({});
  judge.use(true);
  expect(await judge.judge(audio())).toBeUndefined();
});

it('loads when it is switched on and when asked to, not with every change of a setting', () => {
  const { judge, asked } = bench();
  judge.load();
  expect(asked).toEqual([]);
  judge.use(true);
  judge.use(true);
  expect(asked).toEqual(['load']);
  judge.load();
  expect(asked).toEqual(['load', 'load']);
});

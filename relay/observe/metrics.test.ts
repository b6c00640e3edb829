import { expect, it } from 'vitest';
import { Metrics } from './metrics.ts';

it('shows how turn detection keeps up at the moment it is asked', async () => {
  const [metrics, ears] = [new Metrics(), { behindMs: 0, lostMs: 0 }];
  metrics.watchEars(ears);
  const figures = async () => (await metrics.render()).split('\n').filter((line) => line.startsWith('earshot_ears'));
  expect(await figures()).toEqual(['earshot_ears_lost_ms_total 0', 'earshot_ears_behind_ms 0']);
  Object.assign(ears, { behindMs: 1_200, lostMs: 300.5 });
  await figures();
  expect(await figures()).toEqual(['earshot_ears_lost_ms_total 300.5', 'earshot_ears_behind_ms 1200']);
  ears.behindMs = 0;
  expect(await figures()).toEqual(['earshot_ears_lost_ms_total 300.5', 'earshot_ears_behind_ms 0']);
});

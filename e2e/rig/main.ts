import { labelledCalls } from './corpus/labelled-calls.ts';
import { thoughtfulCalls } from './corpus/thoughtful-calls.ts';
import { hear } from './lab/hear.ts';
import { USUAL_LINE } from './lab/line.ts';
import { BASELINES, earshot, sweep, SWEPT } from './lab/subjects.ts';
import { measureTurns, type HeardCall } from './lab/turn-scenarios.ts';
import { mean, median, percentile } from './statistics.ts';

const t0 = performance.now();
const heardAll = async (calls: Awaited<ReturnType<typeof thoughtfulCalls>>): Promise<HeardCall[]> => {
  const out: HeardCall[] = [];
  for (const call of calls) out.push({ call, heard: await hear(call.samples) });
  return out;
};
const thoughtful = await heardAll(await thoughtfulCalls({ turns: 200, seed: 20261121 }));
console.log('heard', performance.now() - t0);
const labelled = await heardAll(labelledCalls().filter(({ group }) => !/echo|backchannel|no speech/.test(group)));
console.log('heard', performance.now() - t0);
const show = (r: ReturnType<typeof measureTurns>, extra = '') => {
  const of = (name: string) => r.measures.find((m) => m.name === name)?.values ?? [];
  const n = (x: number) => x.toFixed(0).padStart(6);
  console.log(
    (r.subject + ' ' + extra).padEnd(22),
    r.scenario.padEnd(18),
    'n',
    of('false cut-offs').length,
    'cut-offs %',
    mean(of('false cut-offs')).toFixed(1).padStart(5),
    'over %',
    mean(of('talked over')).toFixed(1).padStart(5),
    'missed %',
    mean(of('missed ends')).toFixed(1),
    'v2v',
    n(median(of('voice to voice'))),
    n(percentile(of('voice to voice'), 0.95)),
    'own',
    n(median(of('own share'))),
    'wasted/turn',
    (of('wasted requests').reduce((a, b) => a + b, 0) / of('false cut-offs').length).toFixed(2),
  );
};
for (const subject of [earshot(), ...BASELINES]) {
  show(measureTurns('drawn pauses', subject, thoughtful, USUAL_LINE));
  show(measureTurns('labelled', subject, labelled, USUAL_LINE));
}
for (const kind of SWEPT)
  for (const { patienceMs, subject } of sweep(kind))
    show(measureTurns('drawn pauses', { ...subject, name: kind.name }, thoughtful, USUAL_LINE), String(patienceMs));
console.log('all', performance.now() - t0);

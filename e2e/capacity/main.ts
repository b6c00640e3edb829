import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { isFaulty, isMet, toBars } from './bars.ts';
import { DOWN_BYTES, DOWN_FRAMES_PER_SECOND, UP_BYTES, UP_FRAMES_PER_SECOND } from './load/sound.ts';
import { parseOptions, USAGE, type CapacityOptions } from './options.ts';
import { toReportText } from './report.ts';
import type { CapacityReport, SubjectResult } from './result.ts';
import { CPU_LIMIT, runSubject } from './run-subject.ts';
import { canPin, pinGenerator } from './subject-process.ts';
import { SUBJECTS } from './subjects.ts';

const WARM_UP_MS = 1_500;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function runCapacity({ only, seconds, out, hasProfiles }: CapacityOptions): Promise<CapacityReport> {
  const startedAt = new Date().toISOString();
  const fromMs = performance.now();
  const loadBefore = loadavg()[0] ?? NaN;
  const isPinned = canPin();
  if (isPinned) pinGenerator();
  const results: SubjectResult[] = [];
  for (const subject of SUBJECTS.filter(({ name }) => only.includes(name))) {
    const timing = { warmUpMs: WARM_UP_MS, measureMs: seconds * 1000 };
    const profileTo = hasProfiles ? { profileTo: join(out, 'profiles', subject.name) } : {};
    results.push(await runSubject(subject, { ...timing, ...profileTo, isPinned, say }));
  }
  const { model = 'unknown' } = cpus()[0] ?? {};
  const machine = { cores: cpus().length, cpu: model, node: process.version, isPinned };
  return {
    format: 'earshot-capacity-1',
    startedAt,
    tookMs: Math.round(performance.now() - fromMs),
    machine: { ...machine, loadBefore, loadAfter: loadavg()[0] ?? NaN },
    load: {
      ...{ upFramesPerSecond: UP_FRAMES_PER_SECOND, upBytes: UP_BYTES },
      ...{ downFramesPerSecond: DOWN_FRAMES_PER_SECOND, downBytes: DOWN_BYTES, cpuLimit: CPU_LIMIT },
    },
    results,
    bars: toBars(results),
  };
}

const options = parseOptions(process.argv.slice(2));
if (!options.ok) {
  say(`${options.problem}\n${USAGE}`);
  process.exit(2);
}
const report = await runCapacity(options.value);
const { out } = options.value;
await mkdir(out, { recursive: true });
await writeFile(join(out, 'results.json'), `${JSON.stringify(report, null, 2)}\n`);
process.stdout.write(`${toReportText(report)}\n`);
say(`Written: ${join(out, 'results.json')}`);
const isWhole = report.results.every(
  ({ notMeasured, samples }) => notMeasured === undefined && !samples.some(isFaulty),
);
process.exit(isWhole && report.bars.every(isMet) ? 0 : 1);

import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '#kernel/result';
import { browserPart } from './browser/browser-part.ts';
import { earsPart } from './ears/ears-part.ts';
import { labPart } from './lab/lab.ts';
import { parseOptions, USAGE, type RigOptions } from './options.ts';
import { PART_NAMES, type Part, type PartName } from './part.ts';
import { toHtml } from './report/html-report.ts';
import type { PartOutcome, RigReport } from './report/rig-report.ts';
import { toReportText } from './report/report-text.ts';
import { failuresOf } from './report/verdict.ts';
import type { ScenarioResult } from './result.ts';
import { soundCardPart } from './sound-card/sound-card-part.ts';
import { wirePart } from './wire/wire-part.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

const PARTS: Record<PartName, Part> = {
  lab: labPart,
  ears: earsPart,
  browser: browserPart,
  'sound-card': soundCardPart,
  wire: wirePart,
};

async function runParts(options: RigOptions): Promise<{ parts: PartOutcome[]; results: ScenarioResult[] }> {
  const parts: PartOutcome[] = [];
  const results: ScenarioResult[] = [];
  for (const name of PART_NAMES) {
    const outcome = await runPart(name, options, results);
    parts.push({ name, ...outcome });
  }
  return { parts, results };
}

/** Adds what it measured to `results`; a part that breaks off leaves the others their results. */
async function runPart(
  name: PartName,
  options: RigOptions,
  results: ScenarioResult[],
): Promise<DistributiveOmit<PartOutcome, 'name'>> {
  const part = PARTS[name];
  if (!options.only.includes(name)) return { notRun: 'not asked for' };
  const fromMs = performance.now();
  try {
    const obstacle = await part.obstacle({ ...options, say });
    if (obstacle !== undefined) return { notRun: obstacle };
    results.push(...(await part.run({ ...options, say })));
    return { tookMs: Math.round(performance.now() - fromMs) };
  } catch (error) {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return { brokeOff: messageOf(error) };
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

async function runRig(options: RigOptions): Promise<RigReport> {
  const startedAt = new Date().toISOString();
  const fromMs = performance.now();
  const loadBefore = loadavg()[0] ?? NaN;
  const measured = await runParts(options);
  const { model = 'unknown' } = cpus()[0] ?? {};
  const machine = {
    cores: cpus().length,
    cpu: model,
    node: process.version,
    loadBefore,
    loadAfter: loadavg()[0] ?? NaN,
  };
  return { format: 'earshot-rig-1', startedAt, tookMs: Math.round(performance.now() - fromMs), machine, ...measured };
}

const options = parseOptions(process.argv.slice(2));
if (!options.ok) {
  say(`${options.problem}\n${USAGE}`);
  process.exit(2);
}
const report = await runRig(options.value);
const { out } = options.value;
await mkdir(out, { recursive: true });
await writeFile(join(out, 'results.json'), JSON.stringify(report));
await writeFile(join(out, 'report.html'), toHtml(report));
process.stdout.write(`${toReportText(report)}\n`);
say(`Written: ${join(out, 'results.json')}, ${join(out, 'report.html')}`);
// Whatever a browser or a sound server left open must not keep the command from ending.
const isWhole = report.parts.every((part) => !('brokeOff' in part));
process.exit(isWhole && failuresOf(report.results).length === 0 ? 0 : 1);

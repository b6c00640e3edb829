import { parseArgs } from 'node:util';
import { failed, messageOf, ok, type Result } from '#kernel/result';
import { PART_NAMES, type PartName } from './part.ts';

export interface RigOptions {
  only: readonly PartName[];
  minutes: number;
  server?: string;
  /** Folder for results and report. */
  out: string;
}

export const USAGE = `npm run rig -- [--only=${PART_NAMES.join(',')}] [--minutes=20] [--server=wss://…] [--out=folder]`;

export function parseOptions(argv: readonly string[]): Result<RigOptions, string> {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({ args: [...argv], options: { only: text, minutes: text, server: text, out: text } });
    const only = values.only?.split(',') ?? PART_NAMES;
    const unknown = only.find((name) => !isPartName(name));
    if (unknown !== undefined) return failed(`no part is called ${unknown}`);
    const minutes = Number(values.minutes ?? 20);
    if (!(minutes > 0)) return failed('--minutes needs a number above 0');
    const { server, out = 'test-results/rig' } = values;
    return ok({ only: only.filter(isPartName), minutes, out, ...(server !== undefined && { server }) });
  } catch (error) {
    return failed(messageOf(error));
  }
}

const isPartName = (name: string): name is PartName => (PART_NAMES as readonly string[]).includes(name);

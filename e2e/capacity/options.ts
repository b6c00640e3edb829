import { parseArgs } from 'node:util';
import { failed, messageOf, ok, type Result } from '#kernel/result';
import { SUBJECT_NAMES, type SubjectName } from './subjects.ts';

export interface CapacityOptions {
  only: readonly SubjectName[];
  /** Of measuring, for each load. */
  seconds: number;
  /** Folder for results, and for profiles where they are wanted. */
  out: string;
  hasProfiles: boolean;
}

export const USAGE = `npm run capacity -- [--only="${SUBJECT_NAMES.join(',')}"] [--seconds=4] [--out=folder] [--profile]`;

export function parseOptions(argv: readonly string[]): Result<CapacityOptions, string> {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: { only: text, seconds: text, out: text, profile: { type: 'boolean' } },
    });
    const only = values.only?.split(',').map((name) => name.trim()) ?? SUBJECT_NAMES;
    const unknown = only.find((name) => !isSubjectName(name));
    if (unknown !== undefined) return failed(`no subject is called ${unknown}`);
    const seconds = Number(values.seconds ?? 4);
    if (!(seconds > 0)) return failed('--seconds needs a number above 0');
    const { out = 'test-results/capacity', profile: hasProfiles = false } = values;
    return ok({ only: only.filter(isSubjectName), seconds, out, hasProfiles });
  } catch (error) {
    return failed(messageOf(error));
  }
}

const isSubjectName = (name: string): name is SubjectName => (SUBJECT_NAMES as readonly string[]).includes(name);

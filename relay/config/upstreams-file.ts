import * as v from 'valibot';
import { failed, ok, type Result } from '#kernel/result';
import { parseJsonSource, type JsonPath, type SourceProblem } from './json-source.ts';
import { upstreamsSchema, type Env, type GroupConfig, type UpstreamsConfig } from './upstreams-schema.ts';

/** Reads the file that EARSHOT_UPSTREAMS names. Problems: all of them, by line. */
export function parseUpstreams(text: string, env: Env): Result<UpstreamsConfig, SourceProblem[]> {
  const source = parseJsonSource(text);
  if (!source.ok) return failed([source.problem]);
  const at = (path: JsonPath, detail: string): SourceProblem => ({
    line: source.value.lineOf(path),
    detail: path.length > 0 ? `${toWords(path)} ${detail}` : `the file ${detail}`,
  });
  const parsed = v.safeParse(upstreamsSchema(env), source.value.value);
  if (!parsed.success) {
    const problems = parsed.issues.map((issue) =>
      at(
        (issue.path ?? []).map(({ key }) => key as string | number),
        issue.message,
      ),
    );
    return failed(problems.sort((a, b) => a.line - b.line));
  }
  const { groups } = parsed.output;
  const doubled = doubledNames(groups);
  if (doubled.length > 0) return failed(doubled.map((path) => at(path, 'is a name another one has')));
  const usable = groups.filter(({ cloud }) => parsed.output.cloud || !cloud);
  if (usable.length === 0)
    return failed([at(['groups'], 'are all cloud groups, which are used only with "cloud": true')]);
  return ok({ ...parsed.output, groups: usable });
}

/** `groups[0].servers[1].url`, as people write it. */
const toWords = (path: JsonPath): string =>
  path.map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i > 0 ? '.' : ''}${key}`)).join('');

function doubledNames(groups: readonly GroupConfig[]): JsonPath[] {
  const named: { path: JsonPath; name: string }[] = groups.flatMap((group, g) => [
    { path: ['groups', g, 'name'], name: `group ${group.name}` },
    ...group.servers.map((_, s) => ({ path: ['groups', g, 'servers', s, 'name'], name: serverName(group, s) })),
  ]);
  return named.filter(({ name }, i) => named.findIndex((other) => other.name === name) < i).map(({ path }) => path);
}

/** What a server is called in logs and on the screen: its own name, or its place in the group. */
export function serverName({ name, servers }: GroupConfig, index: number): string {
  return servers[index]?.name ?? (servers.length === 1 ? name : `${name}-${index + 1}`);
}

import type { Result } from '#kernel/result';
import type { UpstreamHealth, UpstreamProblem } from '../upstream.ts';
import { problemOfError } from './failure.ts';

/**
 * Whether a server is there. `ask` asks it (its first answer gives the latency) and may have something to remark
 * although it is up; it may throw as undici does.
 */
export async function checkService(
  budgetMs: number,
  signal: AbortSignal,
  ask: (limit: AbortSignal) => Promise<Result<string | undefined, UpstreamProblem>>,
): Promise<UpstreamHealth> {
  const startedMs = performance.now();
  try {
    const answer = await ask(AbortSignal.any([signal, AbortSignal.timeout(budgetMs)]));
    if (!answer.ok) return down(answer.problem);
    const latencyMs = performance.now() - startedMs;
    return { state: 'up', latencyMs, ...(answer.value === undefined ? {} : { detail: answer.value }) };
  } catch (error) {
    return signal.aborted ? { state: 'unknown' } : down(problemOfError(error, false));
  }
}

const down = ({ kind, detail }: UpstreamProblem): UpstreamHealth => ({
  state: 'down',
  detail: `${kind}: ${detail ?? ''}`,
});

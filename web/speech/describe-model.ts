import { failed, messageOf, ok, type Problem, type Result } from '#kernel/result';
import { parseEndOfTurnModel, type EndOfTurnModel } from '#models/registry/end-of-turn';

/** Which end-of-turn model our relay offers; undefined: none. */
export async function describeModel(): Promise<Result<EndOfTurnModel | undefined, Problem>> {
  try {
    const response = await fetch('/models/end-of-turn');
    if (response.status === 204) return ok(undefined);
    if (!response.ok) return unavailable(`HTTP ${response.status}`);
    return parseEndOfTurnModel(await response.json());
  } catch (error) {
    return unavailable(messageOf(error));
  }
}

export const urlOf = ({ id, file }: EndOfTurnModel): string => `/models/files/${id}/${file}`;

const unavailable = (detail: string) => failed({ kind: 'model-unavailable', retry: 'later' as const, detail });

import { omniFamilyOf } from '#models/registry/omni';
import { OmniService, type ServedModel } from './service.ts';

/** Where such servers listen unless told otherwise: vLLM-Omni's guide, vLLM itself, llama.cpp before and after its move. */
const USUAL_PORTS = [8091, 8000, 8080, 9931];

/** The start of the relay waits for this, so a port that accepts and says nothing must not cost more. */
const BUDGET_MS = 400;

export interface FoundService {
  baseUrl: string;
  model: string;
}

/**
 * Looks on this machine, and nowhere else, for a server with a model that hears: the first in the order of `ports`, or
 * nothing. All ports are asked at the same time.
 */
export async function probeOmniService(ports: readonly number[] = USUAL_PORTS): Promise<FoundService | undefined> {
  const limit = AbortSignal.timeout(BUDGET_MS);
  const found = await Promise.all(ports.map((port) => ask(`http://127.0.0.1:${port}`, limit)));
  return found.find((service) => service !== undefined);
}

async function ask(baseUrl: string, limit: AbortSignal): Promise<FoundService | undefined> {
  const service = new OmniService({ baseUrl }, BUDGET_MS);
  try {
    const models = await service.models(limit);
    const hearing = models.ok ? models.value.find(hears) : undefined;
    return hearing && { baseUrl, model: hearing.id };
  } catch {
    // Nothing there, not HTTP, or too slow: to a guess, all the same.
    return undefined;
  } finally {
    await service.close();
  }
}

/** llama.cpp says what a model takes in; elsewhere the name has to tell. */
function hears({ id, architecture }: ServedModel): boolean {
  return (
    architecture?.input_modalities?.includes('audio') ?? (omniFamilyOf(id) !== undefined || /omni|audio/i.test(id))
  );
}

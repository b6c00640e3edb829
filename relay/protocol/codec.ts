import * as v from 'valibot';
import { ClientMessage } from './client.ts';
import { LIMITS } from './limits.ts';
import { ServerMessage } from './server.ts';

/** What became of a text message: known and valid, of a type we do not know (ignore it), or faulty. */
export type Parsed<M> =
  | { kind: 'message'; message: M }
  | { kind: 'unknown'; type: string }
  | { kind: 'faulty'; code: FaultCode; detail: string };

export type FaultCode = 'json-too-large' | 'json-malformed' | 'json-too-deep' | 'message-invalid';

export const parseClient = (json: string): Parsed<ClientMessage> => parseMessage(ClientMessage, json);
export const parseServer = (json: string): Parsed<ServerMessage> => parseMessage(ServerMessage, json);
export const encodeClient = (message: ClientMessage): string => JSON.stringify(message);
export const encodeServer = (message: ServerMessage): string => JSON.stringify(message);

type VariantOf<M> = v.GenericSchema<unknown, M> & {
  readonly options: readonly { entries: { type: { literal: string } } }[];
};

/** A message of any dialect whose messages are told apart by `type`. */
export function parseMessage<M>(schema: VariantOf<M>, json: string, maxChars: number = LIMITS.maxJsonBytes): Parsed<M> {
  if (json.length > maxChars) return faulty('json-too-large', `${json.length} characters`);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return faulty('json-malformed', 'not JSON');
  }
  if (!isShallow(value)) return faulty('json-too-deep', 'nested too deep or too many keys');
  const result = v.safeParse(schema, value);
  if (result.success) return { kind: 'message', message: result.output };
  const type = typeOf(value);
  if (type === undefined) return faulty('message-invalid', 'no type');
  if (!schema.options.some((option) => option.entries.type.literal === type)) return { kind: 'unknown', type };
  // Only where it is wrong, never what was there: messages carry words people said.
  return faulty('message-invalid', `${type}: ${result.issues.map((issue) => v.getDotPath(issue) ?? '?').join(', ')}`);
}

const faulty = (code: FaultCode, detail: string) => ({ kind: 'faulty', code, detail }) as const;

function typeOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('type' in value)) return undefined;
  return typeof value.type === 'string' ? value.type.slice(0, 64) : undefined;
}

/** Iterative on purpose: a recursive walk over a hostile document is itself the attack. */
function isShallow(root: unknown): boolean {
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > LIMITS.maxJsonDepth) return false;
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue;
      const children = Object.values(value);
      if (!Array.isArray(value) && children.length > LIMITS.maxJsonKeys) return false;
      for (const child of children) if (typeof child === 'object' && child !== null) next.push(child);
    }
    level = next;
  }
  return true;
}

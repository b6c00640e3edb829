import { once } from 'node:events';
import { Busboy } from '@fastify/busboy';
import type { Context } from 'hono';

/** More than any form of ours has; a body of a million tiny parts would hold up every call for a second. */
const LIMITS = { parts: 10, fields: 8, files: 2, fieldSize: 1_024, fieldNameSize: 64, headerPairs: 16 };

/** Fields by name, files as their bytes; of several under one name the last. Undefined where it is no such form. */
export async function readMultipart(c: Context): Promise<Record<string, string | Uint8Array> | undefined> {
  const body = c.req.raw.body;
  if (!body) return undefined;
  const form: Record<string, string | Uint8Array> = Object.create(null);
  try {
    const parser = new Busboy({ headers: { 'content-type': c.req.header('content-type') ?? '' }, limits: LIMITS });
    let isBroken = false;
    const refuse = (): void => void (isBroken = true);
    parser.on('partsLimit', refuse).on('fieldsLimit', refuse).on('filesLimit', refuse).on('error', refuse);
    parser.on('field', (name, value, _, isCut) => {
      form[name] = value;
      isBroken ||= isCut;
    });
    parser.on('file', (name, file) => {
      const pieces: Buffer[] = [];
      file.on('data', (piece: Buffer) => pieces.push(piece));
      file.on('error', refuse);
      file.on('end', () => (form[name] = Buffer.concat(pieces)));
    });
    const finished = once(parser, 'finish');
    // It may fail long before anybody waits for it.
    finished.catch(refuse);
    for await (const chunk of body) {
      if (isBroken) return undefined;
      if (!parser.write(chunk)) await Promise.race([once(parser, 'drain'), finished]);
    }
    parser.end();
    await finished;
    return isBroken ? undefined : form;
  } catch {
    return undefined;
  }
}

import { ServerResponse } from 'node:http';
import type { Context } from 'hono';

/**
 * A response whose body is made while it is sent, as fast as the client reads. A client that goes away ends the
 * generator; if the generator throws, the connection breaks off, so that half an answer is never taken for a whole
 * one. `ended` is called however it ends, even where the generator never ran; maybe more than once.
 */
export function streamResponse(
  c: Context,
  pieces: AsyncGenerator<Uint8Array, void>,
  headers: Record<string, string>,
  ended: () => void,
): Response {
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await pieces.next().catch((error: unknown) => breakOff(c, error));
      if (next?.done === false) return controller.enqueue(next.value);
      ended();
      if (next) controller.close();
    },
    async cancel() {
      ended();
      await pieces.return();
    },
  });
  // Said so, the server sends each piece as it comes; otherwise it first waits to see whether more is there already.
  return c.body(body, 200, { ...headers, 'Cache-Control': 'no-store', 'Transfer-Encoding': 'chunked' });
}

/** An error of the stream would do it too, but the server writes its stack on the error output. */
function breakOff(c: Context, error: unknown): void {
  const env: unknown = c.env;
  const isServed = typeof env === 'object' && env !== null && 'outgoing' in env;
  if (!isServed || !(env.outgoing instanceof ServerResponse)) throw error;
  env.outgoing.destroy();
}

/** A function that does its work the first time only. */
export function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) work();
    isDone = true;
  };
}

/** One event of a `text/event-stream`. */
export const sseEvent = (data: object): Uint8Array => Buffer.from(`data: ${JSON.stringify(data)}\n\n`);

export const SSE_HEADERS = { 'Content-Type': 'text/event-stream' };

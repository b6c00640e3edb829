import { WebSocket } from 'undici';
import * as v from 'valibot';
import { EventLedger } from './event-ledger.ts';
import type { ServerEvent } from './server-event.ts';
import { VoiceApp, type VoiceAppSetup } from './voice-app.ts';
import type { ClientEvent, VoiceClient } from './voice-client.ts';

export interface BrowserClientOptions extends Omit<VoiceAppSetup, 'send'> {
  port: number;
  model: string;
  /** An API key, or a client secret. */
  apiKey: string;
  /** Sees each event before the app does; what it throws is a complaint of the client. */
  onEvent?(event: ServerEvent): void;
}

/** The subprotocols a page proves itself with, which may set no headers. */
export const keyProtocols = (apiKey: string): string[] => ['realtime', `openai-insecure-api-key.${apiKey}`];

/** A secret of short life, as a page's own server gets it with its key. */
export async function mintSecret(port: number, apiKey: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/realtime/client_secrets`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: '{}',
  });
  const { value } = v.parse(v.object({ value: v.string() }), await response.json());
  return value;
}

/** A page's app on the standard WebSocket: undici's, which checks the handshake as browsers do. */
export function browserClient(options: BrowserClientOptions): VoiceClient {
  const { port, model, vocabulary, apiKey } = options;
  const protocols = keyProtocols(apiKey);
  if (vocabulary === 'beta') protocols.push('openai-beta.realtime-v1');
  const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/realtime?model=${encodeURIComponent(model)}`, protocols);
  const ledger = new EventLedger(vocabulary);
  const send = (event: ClientEvent): void => socket.send(JSON.stringify(event));
  const app = new VoiceApp({ ...options, send });
  socket.addEventListener('error', ({ message }) => ledger.complain(message));
  socket.addEventListener('message', ({ data }) => {
    const event = ledger.record(JSON.parse(String(data)));
    if (!event) return;
    try {
      options.onEvent?.(event);
    } catch (error) {
      ledger.complain(String(error));
    }
    app.heed(event);
  });
  return {
    ledger,
    send,
    sendAudio: (pcm) => send({ type: 'input_audio_buffer.append', audio: Buffer.from(pcm).toString('base64') }),
    closed: new Promise((resolve) => socket.addEventListener('close', ({ code }) => resolve(code))),
    close: () => socket.close(),
  };
}

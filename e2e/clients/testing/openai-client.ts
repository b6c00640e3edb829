import { connect } from 'node:net';
import OpenAI from 'openai';
import { OpenAIRealtimeWS as BetaRealtimeWS } from 'openai/beta/realtime/ws';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import type { ClientOptions, WebSocket } from 'ws';
import { EventLedger } from './event-ledger.ts';
import { VoiceApp, type VoiceAppSetup } from './voice-app.ts';
import type { ClientEvent, VoiceClient } from './voice-client.ts';

export interface OpenAiClientOptions extends Omit<VoiceAppSetup, 'send'> {
  port: number;
  model: string;
  apiKey?: string;
}

/** The class of npm's `openai` for either vocabulary, unmodified, with an app around it. */
export function openAiClient(options: OpenAiClientOptions): VoiceClient {
  const { port, model, vocabulary, apiKey = 'none' } = options;
  const openai = new OpenAI({ apiKey, baseURL: `http://127.0.0.1:${port}/v1` });
  const connection = { model, options: overPlainTcp(port) };
  const ledger = new EventLedger(vocabulary);
  // The two classes differ only in the types of their events, which are the server's to prove.
  const realtime: RealtimeSocket =
    vocabulary === 'ga' ? new OpenAIRealtimeWS(connection, openai) : new BetaRealtimeWS(connection, openai);
  const send = (event: ClientEvent): void => realtime.send(event);
  const app = new VoiceApp({ ...options, send });
  realtime.on('error', ({ message }) => ledger.complain(message));
  realtime.on('event', (received) => {
    const event = ledger.record(received);
    if (event) app.heed(event);
  });
  return {
    ledger,
    send,
    sendAudio: (pcm) => send({ type: 'input_audio_buffer.append', audio: Buffer.from(pcm).toString('base64') }),
    closed: new Promise((resolve) => realtime.socket.once('close', resolve)),
    close: () => realtime.close(),
  };
}

interface RealtimeSocket {
  readonly socket: WebSocket;
  send(event: unknown): void;
  on(name: 'event', listener: (event: unknown) => void): unknown;
  on(name: 'error', listener: (error: Error) => void): unknown;
  close(): void;
}

/** The class insists on wss: what it believes to be TLS is a plain connection to the relay. */
export function overPlainTcp(port: number): ClientOptions {
  return { createConnection: () => connect(port, '127.0.0.1') };
}

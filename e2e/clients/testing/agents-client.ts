import {
  RealtimeAgent,
  RealtimeSession,
  tool,
  type RealtimeItem,
  type RealtimeSessionConfig,
} from '@openai/agents-realtime';
import { z } from 'zod';
import { EventLedger } from './event-ledger.ts';
import type { AppTool, VoiceAppOptions, VoiceClient } from './voice-client.ts';

export interface AgentsClientOptions extends VoiceAppOptions {
  port: number;
  model: string;
  apiKey?: string;
  /** What is to differ from the defaults. */
  config?: Partial<RealtimeSessionConfig>;
}

export interface AgentsClient extends VoiceClient {
  readonly session: RealtimeSession;
  /** The SDK's own memory of what was said. */
  readonly history: readonly RealtimeItem[];
  /** How often it stopped its player. */
  readonly interruptions: number;
}

/** `@openai/agents-realtime`, unmodified, with every default it has. */
export async function agentsClient(options: AgentsClientOptions): Promise<AgentsClient> {
  const { port, model, instructions, tool, config, apiKey = 'none' } = options;
  const agent = new RealtimeAgent({ name: 'Test', instructions, tools: [toSdkTool(tool)] });
  const session = new RealtimeSession(agent, config && { config });
  const ledger = new EventLedger('ga');
  watch(session, ledger);
  let interruptions = 0;
  session.on('audio_interrupted', () => interruptions++);
  session.on('error', ({ error }) => ledger.complain(`the session told of ${JSON.stringify(error)}`));
  let onClosed = (_code: number): void => {};
  const closed = new Promise<number>((resolve) => (onClosed = resolve));
  // The SDK hides the code.
  session.transport.on('connection_change', (status) => status === 'disconnected' && onClosed(0));
  await session.connect({ apiKey, url: `ws://127.0.0.1:${port}/v1/realtime?model=${encodeURIComponent(model)}` });
  return {
    ledger,
    session,
    closed,
    get history() {
      return session.history;
    },
    get interruptions() {
      return interruptions;
    },
    sendAudio: (pcm) => session.sendAudio(new Uint8Array(pcm).buffer),
    send: (event) => session.transport.sendEvent(event),
    close: () => session.close(),
  };
}

const toSdkTool = ({ name, description, parameters, run }: AppTool) =>
  tool({
    name,
    description,
    parameters: z.object(Object.fromEntries(parameters.map((parameter) => [parameter, z.string()]))),
    execute: (args) => run(args),
  });

/**
 * The SDK shows every event as `*` and then, if it passed its checks, under its own name: those that are not shown a
 * second time were silently dropped.
 */
function watch({ transport }: RealtimeSession, ledger: EventLedger): void {
  const known = new Set<string>();
  let undecided: string | undefined;
  const decide = (): void => {
    if (undecided !== undefined) ledger.complain(`the session dropped ${undecided}`);
    undecided = undefined;
  };
  transport.on('*', (raw) => {
    decide();
    const event = ledger.record(raw);
    if (!event) return;
    if (!known.has(event.type)) {
      known.add(event.type);
      transport.on(event.type, () => (undecided = undefined));
    }
    undecided = `${event.type}: ${JSON.stringify(raw).slice(0, 300)}`;
    queueMicrotask(decide);
  });
}

import * as v from 'valibot';
import { toSamples } from '../audio/wav.ts';
import { measureAudio, type ReceivedAudio } from './omni-request.ts';
import type { RealtimeDialect } from './realtime-script.ts';

/** One item of a server's history: something said, a call, or what a tool has told (as `text`). */
export interface HistoryItem {
  role: string;
  text?: string;
  audio?: ReceivedAudio;
  callId?: string;
}

const Part = v.object({ type: v.string(), text: v.optional(v.string()), audio: v.optional(v.string()) });
const NewItem = v.variant('type', [
  v.object({
    type: v.literal('message'),
    role: v.picklist(['system', 'user', 'assistant']),
    content: v.pipe(v.array(Part), v.minLength(1)),
  }),
  v.object({ type: v.literal('function_call'), call_id: v.string(), name: v.string(), arguments: v.string() }),
  v.object({ type: v.literal('function_call_output'), call_id: v.string(), output: v.string() }),
]);

/** What a server remembers of a session. */
export class RealtimeHistory {
  readonly items: HistoryItem[] = [];
  readonly #dialect: RealtimeDialect;
  readonly #rateHz: number;

  constructor(dialect: RealtimeDialect, rateHz: number) {
    this.#dialect = dialect;
    this.#rateHz = rateHz;
  }

  /** Takes an item of the client's; false where this server refuses it. */
  insert(told: unknown): boolean {
    const parsed = v.safeParse(NewItem, told);
    if (!parsed.success) return false;
    const item = parsed.output;
    // DashScope takes nothing else into its history.
    if (this.#dialect === 'dashscope' && item.type !== 'function_call_output') return false;
    switch (item.type) {
      case 'message':
        return this.#say(item.role, item.content[0] ?? { type: '' });
      case 'function_call':
        this.call(item.call_id);
        return true;
      case 'function_call_output':
        if (!this.items.some(({ role, callId }) => role === 'call' && callId === item.call_id)) return false;
        this.items.push({ role: 'tool', callId: item.call_id, text: item.output });
        return true;
    }
  }

  hear(audio: ReceivedAudio): void {
    this.items.push({ role: 'user', audio });
  }

  answer(text: string): void {
    this.items.push({ role: 'assistant', text });
  }

  call(callId: string): void {
    this.items.push({ role: 'call', callId });
  }

  /** The types are OpenAI's, before and since general availability. */
  #say(role: string, { type, text, audio }: v.InferOutput<typeof Part>): boolean {
    const answerType = this.#dialect === 'openai' ? 'output_text' : 'text';
    const types = role === 'assistant' ? [answerType] : ['input_text', 'input_audio'];
    if (!types.includes(type)) return false;
    const samples = audio === undefined ? undefined : toSamples(Buffer.from(audio, 'base64'));
    this.items.push({
      role,
      ...(text !== undefined && { text }),
      ...(samples && { audio: measureAudio(samples, this.#rateHz) }),
    });
    return true;
  }
}

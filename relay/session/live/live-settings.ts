import type { Tool, ToolChoice } from '../../upstream/upstream.ts';
import type { TurnDetection } from '../../vad/turn-detection.ts';
import type { NewItem } from './new-item.ts';

/** How a live session is held, in terms that no dialect owns. Audio formats belong to the dialects' edges. */
export interface LiveSettings extends ResponseSettings {
  /** Of the PCM16LE that is appended. Changing it forgets what is in the buffer. */
  inputRateHz: number;
  /** Undefined: the client says when a turn ends. */
  turnDetection?: TurnDetection;
  /** Wanted words of the user, and what helps to hear them. */
  transcription?: { language?: string; prompt?: string };
}

/** What a single response may have otherwise. */
export interface ResponseSettings {
  instructions?: string;
  voice?: string;
  temperature?: number;
  maxTokens?: number;
  output: 'speech' | 'text';
  tools: readonly Tool[];
  toolChoice: ToolChoice;
}

export interface ResponseRequest extends Partial<Omit<ResponseSettings, 'maxTokens'>> {
  /** There, and undefined: as many as it takes, whatever the session says. */
  maxTokens?: number | undefined;
  /** Out of band: it neither reads on nor adds to the conversation, and may run beside another. */
  isOutOfBand?: boolean;
  /** Instead of the conversation so far. */
  input?: readonly ResponseInput[];
  /** Given back with the response. */
  metadata?: Readonly<Record<string, string>>;
}

export type ResponseInput = { reference: string } | { item: NewItem };

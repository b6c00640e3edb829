import type { Failure } from '../failure.ts';
import type { Held } from './settings.ts';

/**
 * What WS /voice says besides the binary messages, which are the answer's sound. Every `response.started` is followed by
 * exactly one `response.done`, and binary messages come only in between.
 */
export type ServerMessage =
  /** First of all. `session` opens the same conversation again after a lost connection. */
  | { type: 'ready'; session: string; isResumed: boolean; format: 'pcm16' | 'pcmu' | 'pcma'; rateHz: number }
  /** After `config`: how the conversation is held now. */
  | ({ type: 'configured' } & Held)
  /** `atMs` counts the sound received since the session began. */
  | { type: 'speech.started'; atMs: number }
  | { type: 'speech.stopped'; atMs: number }
  /** What the user said, where a server tells; any time after the turn. */
  | { type: 'transcript'; text: string; language?: string }
  | { type: 'response.started'; response: string }
  | { type: 'response.text'; response: string; delta: string }
  /** Drop what is not played yet. The conversation goes on as if the answer had ended after `heardMs`. */
  | { type: 'interrupted'; response: string; heardMs: number }
  | { type: 'response.done'; response: string; status: ResponseStatus; error?: Failure }
  | ({ type: 'error' } & Failure)
  | { type: 'pong'; t?: number };

export type ResponseStatus = 'completed' | 'interrupted' | 'incomplete' | 'failed';

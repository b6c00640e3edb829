import type * as v from 'valibot';

/** A document by its schema, or bytes. */
export type Content = v.GenericSchema | 'bytes' | 'text';

/** What the API's description says of one route. */
export interface Operation {
  method: 'get' | 'post' | 'delete';
  path: string;
  tag: 'Speech' | 'Transcription' | 'Relay' | 'Conversation' | 'Realtime';
  summary: string;
  /** CommonMark. */
  description?: string;
  parameters?: readonly { in: 'path' | 'header'; name: string; description: string }[];
  body?: { mediaType: string; schema: v.GenericSchema; example?: unknown };
  /** Of success; what each media type holds. */
  status: number;
  success: string;
  content?: Readonly<Record<string, Content>>;
  /** Statuses of the problem documents it may answer with, beyond those that every route has. */
  problems?: readonly number[];
}

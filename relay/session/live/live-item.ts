export type ItemStatus = 'in-progress' | 'completed' | 'incomplete';

/** One item of a live conversation, as clients are shown it. Never changed once shown: each change makes a new one. */
export type LiveItem = MessageItem | ToolCallItem | ToolResultItem;

export interface MessageItem {
  kind: 'message';
  id: string;
  status: ItemStatus;
  role: 'user' | 'assistant' | 'system';
  content: readonly LivePart[];
}

export type LivePart =
  | { kind: 'text'; text: string }
  /** Words of the sound: null while (or if ever) nobody knows them. */
  | { kind: 'audio'; transcript: string | null };

export interface ToolCallItem {
  kind: 'tool-call';
  id: string;
  status: ItemStatus;
  callId: string;
  name: string;
  arguments: string;
}

export interface ToolResultItem {
  kind: 'tool-result';
  id: string;
  status: ItemStatus;
  callId: string;
  output: string;
}

import type * as v from 'valibot';
import type { LiveProblem, LiveProblemKind } from '../../session/live/live-problem.ts';

/** What an `error` event tells. It says where a message is wrong, never what stood there. */
export interface ClientFault {
  type: 'invalid_request_error' | 'server_error';
  code: string;
  message: string;
  param?: string;
}

export const invalid = (code: string, message: string, param?: string): ClientFault => ({
  ...{ type: 'invalid_request_error', code, message },
  ...(param !== undefined && { param }),
});

type Told = Pick<ClientFault, 'code' | 'message'>;

/** In OpenAI's codes where there is one for the case. */
const PROBLEMS: Record<LiveProblemKind, Told> = {
  'buffer-empty': { code: 'input_audio_buffer_commit_empty', message: 'The input audio buffer is empty.' },
  'buffer-full': { code: 'input_audio_buffer_full', message: 'The input audio buffer is full; commit or clear it.' },
  'item-unknown': { code: 'item_not_found', message: 'There is no item with this id in the conversation.' },
  'item-exists': { code: 'item_create_duplicate_item_id', message: 'There is an item with this id already.' },
  'not-spoken': {
    code: 'unsupported_content_type',
    message: 'Only model output audio messages can be truncated.',
  },
  'beyond-audio': { code: 'invalid_value', message: 'The audio of this item is already shorter.' },
  'call-unknown': { code: 'invalid_tool_call_id', message: 'No function call in the conversation has this call id.' },
  'response-active': {
    code: 'conversation_already_has_active_response',
    message: 'The conversation already has an active response; wait until it is done, or cancel it.',
  },
  'no-response': { code: 'response_cancel_not_active', message: 'There is no active response to cancel.' },
  'too-many-responses': { code: 'too_many_responses', message: 'Too many responses are being made at once.' },
};

/** Where the event at hand has a code or a place of its own for it. */
export type ToldOtherwise = Partial<Record<LiveProblemKind, { code: string; param: string }>>;

export function problemFault({ kind }: LiveProblem, told: ToldOtherwise = {}): ClientFault {
  const { code, message } = PROBLEMS[kind];
  const otherwise = told[kind];
  return invalid(otherwise?.code ?? code, message, otherwise?.param ?? PARAMS[kind]);
}

const PARAMS: Partial<Record<LiveProblemKind, string>> = {
  'item-exists': 'item.id',
  'beyond-audio': 'audio_end_ms',
  'call-unknown': 'item.call_id',
};

/** The first thing that is wrong with a message, as OpenAI's servers say it. */
export function schemaFault(issues: readonly v.BaseIssue<unknown>[], prefix = ''): ClientFault {
  const issue = issues[0];
  const param = prefix + pathOf(issue);
  const place = param === '' ? 'the message' : `'${param}'`;
  if (issue?.received === 'undefined') {
    return invalid('missing_required_parameter', `Missing required parameter: ${place}.`, param);
  }
  const isOfWrongType = issue?.kind === 'schema' && !['picklist', 'literal', 'variant', 'union'].includes(issue.type);
  const words = issue?.kind === 'validation' ? ` ${issue.message}` : '';
  if (isOfWrongType) return invalid('invalid_type', `Invalid type for ${place}.`, param);
  return invalid('invalid_value', `Invalid value for ${place}.${/received/i.test(words) ? '' : words}`, param);
}

/** `tools[0].name`. */
function pathOf(issue: v.BaseIssue<unknown> | undefined): string {
  let path = '';
  for (const { key } of issue?.path ?? []) {
    path += typeof key === 'number' ? `[${key}]` : `${path === '' ? '' : '.'}${String(key)}`;
  }
  return path.slice(0, 200);
}

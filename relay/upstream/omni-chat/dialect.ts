import type { ServedModel } from './service.ts';

/** How servers of one route differ in what they take and where they put speech. What they say is read the same for all. */
export type ChatDialect =
  /** Speech in `content`, told by `modality`; the voice is a field of its own. */
  | 'vllm-omni'
  /** Audio as data URIs, streams only, speech in `delta.audio`. */
  | 'dashscope'
  /** As DashScope's answers, but audio as bare base64. */
  | 'openai'
  /** Hears, and answers in words alone. */
  | 'llama-cpp';

/** What an address tells by itself. */
export function dialectOfAddress(baseUrl: string): ChatDialect | undefined {
  const { hostname, pathname } = new URL(baseUrl);
  if (/(^|\.)aliyuncs\.com$/.test(hostname) || pathname.includes('/compatible-mode')) return 'dashscope';
  return hostname === 'api.openai.com' ? 'openai' : undefined;
}

/** What a list of models tells of the server that gives it. */
export function dialectOfModel({ owned_by, architecture }: ServedModel): ChatDialect | undefined {
  const isMute = architecture !== undefined && !architecture.output_modalities?.includes('audio');
  return owned_by === 'llamacpp' || isMute ? 'llama-cpp' : undefined;
}

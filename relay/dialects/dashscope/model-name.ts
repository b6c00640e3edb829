/** What a client that names a model on this route wants. */
export type Service = 'conversation' | 'recognition';

export interface ServedModels {
  /** Of the server that answers. */
  readonly model: string;
  /** Of the recogniser, where there is one. */
  readonly recogniserModel: string | undefined;
}

/** Clients of DashScope have its names built in: `qwen3-omni-flash-realtime`, `qwen-omni-turbo-realtime-2025-05-08`. */
const OMNI = /^qwen[\w.]*-omni-[\w.-]*realtime[\w.-]*$/;
const RECOGNITION = /^qwen\d[\w.]*-asr[\w.-]*$/;

/** DashScope's names stand for the models of this relay, which may also be named themselves. Undefined: not here. */
export function serviceOf(asked: string, { model, recogniserModel }: ServedModels): Service | undefined {
  const name = asked.toLowerCase();
  if (RECOGNITION.test(name)) return 'recognition';
  if (OMNI.test(name) || isSame(name, model)) return 'conversation';
  return recogniserModel !== undefined && isSame(name, recogniserModel) ? 'recognition' : undefined;
}

/** With or without its owner. */
function isSame(name: string, served: string): boolean {
  const own = served.toLowerCase();
  return name === own || name === own.split('/').at(-1);
}

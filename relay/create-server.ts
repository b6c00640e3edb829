import type { Env, ServerConfig, UpstreamsConfig } from './config/upstreams-schema.ts';
import { createCascade } from './upstream/cascade/cascade.ts';
import { createEcho } from './upstream/echo/echo.ts';
import { createOmniChat } from './upstream/omni-chat/omni-chat.ts';
import { createOmniRealtime } from './upstream/omni-realtime/omni-realtime.ts';
import { createChat } from './upstream/openai-chat/chat.ts';
import { createRecogniser, type HttpRecogniser } from './upstream/recogniser/recogniser.ts';
import { createSynthesiser, type HttpSynthesiser } from './upstream/synthesiser/synthesiser.ts';
import type { Upstream } from './upstream/upstream.ts';

/** An upstream whose connections somebody has to end. */
export type ClosableUpstream = Upstream & { close?: () => Promise<void> | void };

/** The client for one configured server; nothing is connected yet. */
export function createServerClient(config: ServerConfig, env: Env): ClosableUpstream {
  switch (config.kind) {
    case 'omni-chat':
      return createOmniChat({ ...addressOf(config, env), ...modelOf(config) });
    case 'omni-realtime': {
      const { url, model, transcriptionModel } = config;
      const { apiKey } = addressOf(config, env);
      return createOmniRealtime({
        url,
        model,
        ...(apiKey && { apiKey }),
        ...(transcriptionModel && { transcriptionModel }),
      });
    }
    case 'cascade': {
      const { chat, synthesiser } = config;
      return createCascade({
        recogniser: createRecogniserClient(config.recogniser, env),
        chat: createChat({ ...addressOf(chat, env), model: chat.model, ...(chat.body && { body: chat.body }) }),
        ...(synthesiser && { synthesiser: createSynthesiserClient(synthesiser, env) }),
      });
    }
    case 'echo':
      return createEcho();
  }
}

export function createRecogniserClient(config: NonNullable<UpstreamsConfig['recogniser']>, env: Env): HttpRecogniser {
  const { api, language } = config;
  return createRecogniser({
    ...addressOf(config, env),
    ...modelOf(config),
    ...(api && { api }),
    ...(language && { language }),
  });
}

export function createSynthesiserClient(
  config: NonNullable<UpstreamsConfig['synthesiser']>,
  env: Env,
): HttpSynthesiser {
  const { api, voice, languageVoices, rateHz, body } = config;
  return createSynthesiser({
    ...addressOf(config, env),
    ...modelOf(config),
    ...(api && { api }),
    ...(voice && { voice }),
    ...(languageVoices && { languageVoices }),
    ...(rateHz && { rateHz }),
    ...(body && { body }),
  });
}

function addressOf({ url, apiKeyEnv }: { url: string; apiKeyEnv?: string | undefined }, env: Env) {
  const apiKey = apiKeyEnv === undefined ? undefined : env[apiKeyEnv]?.trim();
  return { baseUrl: url, ...(apiKey && { apiKey }) };
}

const modelOf = ({ model }: { model?: string | undefined }) => (model === undefined ? {} : { model });

import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';
import { ROOT } from './run.mjs';

// The project's own configuration, but only the rules under test, and no type information: the files need not exist.
const eslint = new ESLint({
  cwd: ROOT,
  ruleFilter: ({ ruleId }) => ruleId === 'earshot/layers' || ruleId.startsWith('no-restricted-'),
  overrideConfig: [{ files: ['**/*.ts'], languageOptions: { parserOptions: { project: null } } }],
});

async function problems(filePath: string, code: string) {
  const [result] = await eslint.lintText(code, { filePath, warnIgnored: true });
  return result?.messages.map(({ ruleId, message }) => ruleId ?? message) ?? ['not linted'];
}

const FORBIDDEN: readonly (readonly [file: string, code: string])[] = [
  ['kernel/x.ts', `import { a } from '#protocol';`],
  ['kernel/x.ts', `import { a } from '../dsp/resampler.ts';`],
  ['kernel/x.ts', `import { a } from 'valibot';`],
  ['kernel/x.ts', `import { readFileSync } from 'node:fs';`],
  ['dsp/x.ts', `import { a } from '#models/registry/omni';`],
  ['dsp/x.ts', `import { a } from '../web/audio/x.ts';`],
  ['models/x.ts', `import { a } from '../web/speech/x.ts';`],
  ['relay/protocol/x.ts', `import { a } from '../session/x.ts';`],
  ['relay/protocol/x.ts', `import { a } from 'hono';`],
  ['web/conversation/x.ts', `import { a } from '../audio/x.ts';`],
  ['web/conversation/turns/x.ts', `import { a } from '../../link/x.ts';`],
  ['web/conversation/x.ts', `import { a } from '#dsp/resampler';`],
  ['web/audio/x.ts', `import { a } from '../link/x.ts';`],
  ['web/audio/x.ts', `import { a } from '../storage/x.ts';`],
  ['web/audio/x.ts', `import { a } from '../speech/x.ts';`],
  ['web/audio/x.ts', `import { a } from '../conversation/step.ts';`],
  ['web/audio/worklets/x.worklet.ts', `import { a } from '../microphone.ts';`],
  ['web/link/x.ts', `import { a } from '../audio/x.ts';`],
  ['web/link/x.ts', `import { a } from '../storage/x.ts';`],
  ['web/link/x.ts', `import type { a } from '../speech/x.ts';`],
  ['web/link/x.ts', `import { a } from '../../relay/session/x.ts';`],
  ['web/storage/x.ts', `import { a } from '../audio/x.ts';`],
  ['web/storage/x.ts', `import { a } from '../link/x.ts';`],
  ['web/storage/x.ts', `import { a } from '../speech/x.ts';`],
  ['web/storage/x.ts', `import { a } from '../conversation/step.ts';`],
  ['web/speech/x.ts', `import { a } from '../audio/x.ts';`],
  ['web/speech/x.ts', `import { a } from '../link/x.ts';`],
  ['web/speech/x.ts', `import { a } from '../storage/x.ts';`],
  ['web/call/x.ts', `import { a } from '../ui/x.ts';`],
  ['web/call/x.ts', `import { a } from '../app/x.ts';`],
  ['web/call/x.ts', `import { a } from '../audio/worklets/capture.worklet.ts';`],
  ['web/ui/x.ts', `import { a } from '../conversation/step.ts';`],
  ['web/ui/x.ts', `import { a } from '../audio/x.ts';`],
  ['web/ui/x.ts', `import { a } from '../call/x.ts';`],
  ['web/ui/x.ts', `import { a } from '../storage/x.ts';`],
  ['web/ui/x.ts', `import { a } from '../app/x.ts';`],
  ['web/ui/X.svelte', `<script lang="ts">import { a } from '../link/x.ts';</script>`],
  ['relay/http/x.test.ts', `import { a } from '../../web/link/x.ts';`],
  ['web/audio/x.test.ts', `import { a } from '../link/x.ts';`],
  ['kernel/x.test.ts', `import { a } from '../dsp/x.ts';`],
  ['web/app/x.ts', `import { a } from '../../relay/app.ts';`],
  ['web/app/x.ts', `import { a } from 'hono';`],
  ['relay/upstream/x.ts', `import { a } from '../session/x.ts';`],
  ['relay/upstream/x.ts', `import { a } from '../../e2e/fakes/x.ts';`],
  ['relay/session/x.ts', `import { a } from '../http/x.ts';`],
  ['relay/session/x.ts', `import { a } from '../dialects/x.ts';`],
  ['relay/session/x.ts', `import { a } from '../../web/link/x.ts';`],
  ['relay/dialects/earshot/x.ts', `import { a } from '../../upstream/x.ts';`],
  ['relay/dialects/x.ts', `import { a } from '../http/x.ts';`],
  ['relay/http/x.ts', `import { a } from '../app.ts';`],
  ['relay/app.ts', `import { a } from '../web/link/x.ts';`],
  ['e2e/specs/x.spec.ts', `import { a } from '../../web/link/x.ts';`],
  ['e2e/specs/x.spec.ts', `import { a } from '../../relay/session/x.ts';`],
];

const ALLOWED: readonly (readonly [file: string, code: string])[] = [
  ['kernel/x.ts', `import { a } from './result.ts';`],
  ['kernel/x.test.ts', `import { it } from 'vitest';`],
  ['dsp/x.ts', `import { a } from '#kernel/result';`],
  ['models/vad/x.ts', `import { a } from '#dsp/mel';`],
  ['relay/protocol/x.ts', `import { object } from 'valibot';`],
  ['web/conversation/x.ts', `import { a } from '#protocol';`],
  ['web/audio/x.ts', `import type { Microphone } from '../conversation/ports.ts';`],
  ['web/audio/x.ts', `import url from './worklets/capture.worklet.ts?worker&url';`],
  // A folder of one's own may share its name with a layer.
  ['web/audio/x.ts', `import { a } from './link/x.ts';`],
  ['web/link/x.ts', `import { sha256 } from '@noble/hashes/sha2.js';`],
  ['web/storage/x.ts', `import { openDB } from 'idb';`],
  ['web/storage/x.ts', `import type { LogEntry } from '../conversation/log.ts';`],
  ['web/speech/x.ts', `import { InferenceSession } from 'onnxruntime-web/wasm';`],
  ['web/call/x.ts', `import { step } from '../conversation/step.ts';`],
  ['web/call/x.ts', `import type { a } from '../audio/worklets/capture.messages.ts';`],
  ['web/ui/x.ts', `import type { Turn } from '../conversation/log.ts';`],
  ['web/ui/x.ts', `import { fade } from 'svelte/transition';`],
  ['web/app/x.ts', `import { a } from '../audio/x.ts';`],
  ['relay/upstream/x.ts', `import { request } from 'undici';`],
  ['relay/upstream/x.test.ts', `import { a } from '../../e2e/fakes/x.ts';`],
  ['relay/session/x.test.ts', `import { a } from '../../web/link/x.ts';`],
  ['relay/http/x.test.ts', `import { a } from '../app.ts';`],
  ['relay/dialects/testing/x.ts', `import { a } from '../../http/server.ts';`],
  ['relay/session/x.ts', `import type { a } from '../upstream/upstream.ts';`],
  ['relay/http/x.ts', `import { a } from '../config.ts';`],
  ['relay/http/x.ts', `import { a } from '../dialects/earshot/x.ts';`],
  ['relay/main.ts', `import { a } from './http/x.ts';`],
  ['relay/main.ts', `import { version } from '../package.json';`],
  ['e2e/specs/x.spec.ts', `import { a } from '../../relay/app.ts';`],
];

describe('the layers', () => {
  it.each(FORBIDDEN)('refuse in %s: %s', async (file, code) => {
    expect(await problems(file, code)).toEqual(['earshot/layers']);
  });

  it.each(ALLOWED)('accept in %s: %s', async (file, code) => {
    expect(await problems(file, code)).toEqual([]);
  });

  it.each([
    `export { a } from '../link/x.ts';`,
    `export * from '../link/x.ts';`,
    `export const a = import('../link/x.ts');`,
    `import url from '../link/x.worker.ts?worker&url';`,
  ])('see the arrow in: %s', async (code) => {
    expect(await problems('web/audio/x.ts', code)).toEqual(['earshot/layers']);
  });
});

describe('the interface', () => {
  it.each([
    [`export const a = new AudioContext();`, 'no-restricted-globals'],
    [`export const a = new WebSocket('');`, 'no-restricted-globals'],
    [`export const a = indexedDB;`, 'no-restricted-globals'],
    [`export const a = new Worker('');`, 'no-restricted-globals'],
    [`export const a = new window.AudioContext();`, 'no-restricted-properties'],
    [`export const a = navigator.mediaDevices;`, 'no-restricted-properties'],
  ])('may not use: %s', async (code, rule) => {
    expect(await problems('web/ui/x.ts', code)).toEqual([rule]);
    expect(await problems('web/audio/x.ts', code)).toEqual([]);
  });
});

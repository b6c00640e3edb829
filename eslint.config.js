import svelte from 'eslint-plugin-svelte';
import { defineConfig } from 'eslint/config';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import { layerRule } from './scripts/lib/layer-rule.mjs';

const PRODUCT = ['kernel/**', 'dsp/**', 'models/**', 'web/**', 'relay/**', 'simulate/**'];
const TESTS = ['**/*.test.ts', '**/*.contract.ts', '**/testing/**', 'web/conversation/scenarios/**', 'e2e/**'];
/** Tables, which are read by the line. */
const TABLES = ['relay/protocol/**', '**/fixtures/**'];
const REALM_PROJECTS = ['page', 'worker', 'worklet', 'relay', 'tests'].map((realm) => `./tsconfig.${realm}.json`);

/** What only the adapters may touch; the interface sends intents and shows view models. */
const ADAPTER_GLOBALS = ['AudioContext', 'OfflineAudioContext', 'WebSocket', 'indexedDB', 'Worker', 'SharedWorker'];

/**
 * @param {string} selector
 * @param {string} message
 */
const ban = (selector, message) => ({ selector, message });
const RUNNER = 'it|test|describe|suite';

export default defineConfig(
  { ignores: ['dist/', 'coverage/', 'test-results/', 'playwright-report/', 'artifacts/', 'public/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  ...tseslint.configs.strict,
  ...svelte.configs.recommended,
  {
    plugins: { earshot: { rules: { layers: layerRule } } },
    rules: {
      'earshot/layers': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { project: REALM_PROJECTS } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { globals: globals.browser, parserOptions: { parser: tseslint.parser } },
    rules: {
      'svelte/no-at-html-tags': 'error',
      // A plain Map is right for what no template reads.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
  { files: ['**/*.mjs', '**/*.js'], languageOptions: { globals: globals.node } },
  {
    files: PRODUCT,
    rules: {
      'no-console': 'error',
      'max-lines': ['error', 300],
      'max-lines-per-function': ['error', 60],
    },
  },
  {
    // Reading a typed array within its bounds; a default or a check per sample would cost more than the arithmetic.
    files: ['dsp/**', 'models/**', 'web/audio/worklets/**'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  { files: ['**/*.svelte'], rules: { 'max-lines': ['error', 200] } },
  { files: ['scripts/**', 'e2e/**'], rules: { 'max-lines': ['error', 300] } },
  {
    files: ['web/ui/**'],
    rules: {
      'no-restricted-globals': ['error', ...ADAPTER_GLOBALS],
      'no-restricted-properties': [
        'error',
        { object: 'navigator', property: 'mediaDevices' },
        ...['window', 'globalThis', 'self'].flatMap((object) =>
          ADAPTER_GLOBALS.map((property) => ({ object, property })),
        ),
      ],
    },
  },
  {
    files: TESTS,
    rules: {
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-restricted-syntax': [
        'error',
        ban(`MemberExpression[property.name='only'][object.name=/^(${RUNNER})$/]`, 'This hides every other test.'),
        ban(`MemberExpression[property.name='only'][object.property.name='describe']`, 'This hides every other test.'),
        ban(
          `MemberExpression[property.name=/^(skip|skipIf|runIf|todo)$/][object.name=/^(it|describe|suite)$/]`,
          'Leave out what does not apply with an if; skip what cannot run with ctx.skip(condition, reason), for the report.',
        ),
      ],
    },
  },
  { files: TABLES, rules: { 'max-lines': 'off' } },
);

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_SETTINGS, parseSettings } from './app-settings.ts';

test('each damaged or unknown setting falls back by itself', () => {
  const settings = parseSettings([
    ['theme', 'dark'],
    ['voiceThreshold', 7],
    ['temperature', 0.4],
    ['maxTokens', 'many'],
    ['voice', 'Chelsie'],
    ['fromTheFuture', true],
    ['__proto__', { theme: 'light' }],
  ]);
  expect(settings).toEqual({ ...DEFAULT_SETTINGS, theme: 'dark', temperature: 0.4, voice: 'Chelsie' });
});

test('whatever is stored, the settings are usable', () => {
  const key = fc.oneof(fc.constantFrom(...Object.keys(DEFAULT_SETTINGS), 'temperature', 'maxTokens'), fc.string());
  fc.assert(
    fc.property(fc.array(fc.tuple(key, fc.anything())), (stored) => {
      const settings = parseSettings(stored);
      expect(['system', 'light', 'dark']).toContain(settings.theme);
      expect(settings.voiceThreshold).toBeGreaterThanOrEqual(0.3);
      expect(settings.voiceThreshold).toBeLessThanOrEqual(0.8);
    }),
    { seed: 6, numRuns: 500 },
  );
});

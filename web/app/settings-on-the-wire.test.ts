import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { Settings } from '#protocol';
import { parseAppSettings } from '../ui/app-settings.ts';

const anyOr = (arbitrary: fc.Arbitrary<unknown>) => fc.oneof(arbitrary, fc.anything());
const stored = fc.record(
  {
    systemPrompt: anyOr(fc.string({ maxLength: 9_000 })),
    voice: anyOr(fc.string({ maxLength: 80, unit: 'grapheme' })),
    temperature: anyOr(fc.double()),
    answerLanguage: anyOr(fc.constantFrom('mirror', 'de', 'pt-BR', 'zh-Hant', 'EN', 'german', '')),
    translation: anyOr(
      fc.record({ languages: anyOr(fc.array(fc.constantFrom('de', 'en-US', '?'), { maxLength: 3 })) }),
    ),
    maxTokens: anyOr(fc.oneof(fc.double(), fc.integer({ min: -10, max: 10_000 }))),
  },
  { requiredKeys: [] },
);

describe('settings of the interface', () => {
  it('are accepted by the wire, whatever was stored', () => {
    fc.assert(
      fc.property(stored, (anything) => {
        expect(v.safeParse(Settings, parseAppSettings(anything)).success).toBe(true);
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, parseAppSettings, SETTING_RANGES, toSetup, withSetting, withSetup } from './app-settings.ts';

const anySetting = fc.record(
  {
    isAutomatic: fc.anything(),
    voiceThreshold: fc.oneof(fc.double(), fc.anything()),
    theme: fc.oneof(fc.constantFrom('system', 'light', 'dark'), fc.anything()),
    systemPrompt: fc.oneof(fc.string({ maxLength: 9_000 }), fc.anything()),
    voice: fc.oneof(fc.string(), fc.anything()),
    temperature: fc.oneof(fc.double(), fc.anything()),
    maxTokens: fc.oneof(fc.double(), fc.integer(), fc.anything()),
    microphoneId: fc.anything(),
  },
  { requiredKeys: [] },
);

describe('parseAppSettings', () => {
  it('makes settings within bounds out of anything', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), anySetting), (stored) => {
        const settings = parseAppSettings(stored);
        for (const key of ['voiceThreshold', 'temperature', 'maxTokens'] as const) {
          const { min, max } = SETTING_RANGES[key];
          expect(settings[key] ?? min).toBeGreaterThanOrEqual(min);
          expect(settings[key] ?? max).toBeLessThanOrEqual(max);
        }
      }),
    );
  });

  it('keeps what is valid beside what is not', () => {
    const stored = { theme: 'dark', temperature: 9, voice: 'Chelsie', isAutomatic: false, colour: 'red' };
    expect(parseAppSettings(stored)).toEqual({
      ...DEFAULT_SETTINGS,
      theme: 'dark',
      voice: 'Chelsie',
      isAutomatic: false,
    });
  });

  it('reads back what it wrote, unchanged', () => {
    fc.assert(
      fc.property(anySetting, (stored) => {
        const settings = parseAppSettings(stored);
        const readBack: unknown = JSON.parse(JSON.stringify(settings));
        // JSON knows no negative zero.
        expect(parseAppSettings(readBack)).toEqual(
          settings.temperature === 0 ? { ...settings, temperature: 0 } : settings,
        );
      }),
    );
  });
});

describe('withSetting', () => {
  it('changes one and leaves the rest', () => {
    const settings = withSetting({ ...DEFAULT_SETTINGS, voice: 'Ethan' }, 'temperature', 0.4);
    expect(settings).toEqual({ ...DEFAULT_SETTINGS, voice: 'Ethan', temperature: 0.4 });
  });

  it('goes back to the default with undefined, leaving no key behind', () => {
    expect(withSetting({ ...DEFAULT_SETTINGS, voice: 'Ethan' }, 'voice', undefined)).toStrictEqual(DEFAULT_SETTINGS);
  });
});

describe('how conversations are held', () => {
  const pair = { languages: ['de', 'pt-BR'] as [string, string] };

  it('is taken out of anything, as far as it is valid', () => {
    const raw = { systemPrompt: ' ', voice: 'Chelsie', answerLanguage: 'German', translation: pair, theme: 'dark' };
    expect(toSetup(raw)).toEqual({ voice: 'Chelsie', translation: pair });
    expect(toSetup({ answerLanguage: 'mirror', translation: { languages: ['de', 'de'] } })).toEqual({
      answerLanguage: 'mirror',
    });
  });

  it('replaces what was set for new conversations, and nothing else', () => {
    const before = parseAppSettings({ theme: 'dark', temperature: 0.5, voice: 'Ethan', translation: pair });
    const after = withSetup(before, { answerLanguage: 'fr' });
    expect(toSetup(after)).toEqual({ answerLanguage: 'fr' });
    expect(after).toMatchObject({ theme: 'dark', temperature: 0.5 });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DEFAULT_SETTINGS,
  MAX_STOP_PHRASE_CHARS,
  MAX_STOP_PHRASES,
  parseAppSettings,
  SETTING_RANGES,
  toSetup,
  withSetting,
  withSetup,
} from './app-settings.ts';

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
    noiseSuppression: fc.oneof(fc.constantFrom('browser', 'strong', 'off'), fc.anything()),
    gateDb: fc.oneof(fc.double(), fc.double({ min: -90, max: 0 }), fc.anything()),
    duplex: fc.oneof(fc.constantFrom('full', 'half'), fc.anything()),
    hasCues: fc.anything(),
    stopPhrases: fc.oneof(
      fc.array(fc.oneof(fc.string({ maxLength: 60 }), fc.anything()), { maxLength: 40 }),
      fc.anything(),
    ),
    nudgeAfterMs: fc.oneof(fc.double(), fc.integer({ min: 0, max: 200_000 }), fc.anything()),
    usesEndOfTurnModel: fc.anything(),
  },
  { requiredKeys: [] },
);

describe('parseAppSettings', () => {
  it('makes settings within bounds out of anything', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), anySetting), (stored) => {
        const settings = parseAppSettings(stored);
        for (const key of Object.keys(SETTING_RANGES) as (keyof typeof SETTING_RANGES)[]) {
          const { min, max } = SETTING_RANGES[key];
          expect(settings[key] ?? min).toBeGreaterThanOrEqual(min);
          expect(settings[key] ?? max).toBeLessThanOrEqual(max);
        }
        expect(settings.stopPhrases.length).toBeLessThanOrEqual(MAX_STOP_PHRASES);
        for (const phrase of settings.stopPhrases) {
          expect(phrase).toBe(phrase.trim());
          expect(phrase.length).toBeGreaterThan(0);
          expect(phrase.length).toBeLessThanOrEqual(MAX_STOP_PHRASE_CHARS);
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

  it('turns every way of taking turns to its default where it says nothing usable', () => {
    const stored = { noiseSuppression: 'loud', gateDb: -19, duplex: 2, hasCues: 'no', nudgeAfterMs: 4_999 };
    expect(parseAppSettings({ ...stored, stopPhrases: 'stop', usesEndOfTurnModel: null })).toEqual(DEFAULT_SETTINGS);
  });

  it('keeps each way of taking turns that was chosen', () => {
    const chosen = {
      ...{ noiseSuppression: 'strong', gateDb: -48, duplex: 'half', hasCues: false },
      ...{ nudgeAfterMs: 30_000, usesEndOfTurnModel: false },
    };
    expect(parseAppSettings(chosen)).toEqual({ ...DEFAULT_SETTINGS, ...chosen });
  });

  it('takes each stop phrase once, trimmed, and no more than twenty', () => {
    const many = Array.from({ length: 30 }, (_, n) => `stop ${n}`);
    expect(parseAppSettings({ stopPhrases: [' halt ', 'halt', '', 7, 'x'.repeat(41)] }).stopPhrases).toEqual(['halt']);
    expect(parseAppSettings({ stopPhrases: many }).stopPhrases).toEqual(many.slice(0, 20));
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

import { describe, expect, it } from 'vitest';
import { parseEndOfTurnModel, SMART_TURN } from '#models/registry/end-of-turn';
import { gitBlobIdOf, parseModelSettings } from './model-settings.ts';

const CONTENT = Buffer.from('hello\n');
const ADDRESS = 'https://models.example/turns/my%20model.onnx';
const BLOB = 'ce013625030ba8dba906f756967f9e9ca394464a';

function parse(env: Record<string, string>) {
  const wrong: string[] = [];
  const readBytes = (path: string) => {
    if (path === '/srv/own.onnx') return CONTENT;
    throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
  };
  const settings = parseModelSettings(env, (variable, detail) => void wrong.push(`${variable} ${detail}`), readBytes);
  return { ...settings, wrong };
}

describe('the settings of on-device models', () => {
  it('offer the published model by default, out of the user’s cache', () => {
    const { endOfTurn, folder, wrong } = parse({});
    expect(wrong).toEqual([]);
    expect(endOfTurn).toEqual({ model: SMART_TURN, source: SMART_TURN.source });
    expect(folder).toMatch(/earshot.models$/);
    expect(parse({ EARSHOT_MODELS_DIR: '/srv/models' }).folder).toBe('/srv/models');
  });

  it('offer none when it is off', () => {
    expect(parse({ EARSHOT_END_OF_TURN_MODEL: 'off' })).not.toHaveProperty('endOfTurn');
  });

  it('name a file of one’s own after its content, as git does', () => {
    expect(gitBlobIdOf(CONTENT)).toBe(BLOB);
    const { endOfTurn } = parse({ EARSHOT_END_OF_TURN_MODEL: '/srv/own.onnx', EARSHOT_END_OF_TURN_THRESHOLD: '0.7' });
    expect(endOfTurn).toEqual({
      path: '/srv/own.onnx',
      model: {
        ...{ id: 'own-ce013625030b', file: 'own-ce013625030b.onnx', bytes: 6, gitBlobId: BLOB },
        ...{ threshold: 0.7, languageThresholds: {} },
      },
    });
  });

  it.each([`${ADDRESS} ${BLOB} 6`, `${ADDRESS}   ${BLOB}\t6`])(
    'take an address with what it must hold: %j',
    (value) => {
      const { endOfTurn } = parse({ EARSHOT_END_OF_TURN_MODEL: value });
      expect(endOfTurn).toMatchObject({ source: ADDRESS, model: { bytes: 6, gitBlobId: BLOB } });
      expect(parseEndOfTurnModel(endOfTurn?.model).ok).toBe(true);
    },
  );

  it.each([
    [{ EARSHOT_END_OF_TURN_MODEL: '/srv/none.onnx' }, 'names a file that cannot be read (ENOENT)'],
    [{ EARSHOT_END_OF_TURN_MODEL: ADDRESS }, 'git hash-object'],
    [{ EARSHOT_END_OF_TURN_MODEL: `${ADDRESS} ${BLOB.slice(1)} 6` }, 'git hash-object'],
    [{ EARSHOT_END_OF_TURN_MODEL: `https://me:secret@x.example/a ${BLOB} 6` }, 'must not carry a password'],
    [{ EARSHOT_END_OF_TURN_THRESHOLD: '1' }, 'between 0 and 1'],
    [{ EARSHOT_END_OF_TURN_THRESHOLD: 'high' }, 'between 0 and 1'],
  ])('say what is wrong with %j', (env, detail) => {
    const { wrong } = parse(env);
    expect(wrong).toHaveLength(1);
    expect(wrong[0]).toContain(detail);
    expect(wrong[0]).not.toContain('secret');
  });
});

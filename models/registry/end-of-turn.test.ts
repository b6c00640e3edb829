import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LOG_MEL } from '../end-of-turn/log-mel.ts';
import { END_OF_TURN_SHAPE, parseEndOfTurnModel, SMART_TURN, thresholdFor } from './end-of-turn.ts';

describe('the registry of end-of-turn models', () => {
  it('pins the published file by revision, size and content', () => {
    expect(SMART_TURN.bytes).toBe(8_679_182);
    expect(SMART_TURN.gitBlobId).toMatch(/^0eb9495d[0-9a-f]{32}$/);
    const [, commit = 'none'] = SMART_TURN.revision.split('@');
    expect(SMART_TURN.source).toContain(commit);
    expect(SMART_TURN.source.endsWith(`/${SMART_TURN.file}`)).toBe(true);
  });

  it('describes the features that the front end makes', () => {
    const { rateHz, seconds, input } = END_OF_TURN_SHAPE;
    expect([rateHz, rateHz * seconds]).toEqual([LOG_MEL.rateHz, LOG_MEL.samples]);
    expect(input.dims).toEqual([1, LOG_MEL.bands, LOG_MEL.frames]);
  });

  it.each([
    [undefined, 0.5],
    ['en-GB', 0.5],
    ['nl', 0.4],
    ['KO-kr', 0.52],
    ['xx', 0.5],
    ['constructor', 0.5],
  ])('waits for %s until %d', (language, threshold) => {
    expect(thresholdFor(SMART_TURN, language)).toBe(threshold);
  });
});

describe('what a relay says of its model', () => {
  it('is read back as it was', () => {
    const { id, file, bytes, gitBlobId, threshold, languageThresholds } = SMART_TURN;
    const model = { id, file, bytes, gitBlobId, threshold, languageThresholds };
    expect(parseEndOfTurnModel(JSON.parse(JSON.stringify(SMART_TURN)))).toEqual({ ok: true, value: model });
  });

  it.each([
    [{ id: '../secrets' }, 'id'],
    [{ file: 'a/b.onnx' }, 'file'],
    [{ file: 'a..b' }, 'file'],
    [{ bytes: 1e12 }, 'bytes'],
    [{ bytes: 0.5 }, 'bytes'],
    [{ gitBlobId: '0EB9' }, 'gitBlobId'],
    [{ threshold: 1 }, 'threshold'],
    [{ languageThresholds: [] }, 'languageThresholds'],
  ])('is refused with %j', (change, detail) => {
    expect(parseEndOfTurnModel({ ...SMART_TURN, ...change })).toMatchObject({ ok: false, problem: { detail } });
  });

  it('never throws, and never lets a path out', () => {
    fc.assert(
      fc.property(fc.anything(), (json) => {
        expect(parseEndOfTurnModel(json).ok).toBe(false);
      }),
    );
  });
});

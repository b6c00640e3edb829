import { describe, expect, it } from 'vitest';
import type { Status } from '../../conversation/status.ts';
import { LevelTrail } from './level-trail.ts';
import { paintRing, type RingContext, type RingScene } from './ring-painter.ts';

const SIZE_PX = 200;
const DISC_PX = 92;

interface Stroke {
  radius: number;
  alpha: number;
  from: number;
}

/** Notes what is stroked; a canvas is not needed to know where sound goes. */
function paint(scene: Partial<RingScene> & { status: Status }): Stroke[] {
  const strokes: Stroke[] = [];
  const context: RingContext = {
    strokeStyle: '',
    lineCap: 'butt',
    lineWidth: 0,
    globalAlpha: 1,
    clearRect: () => strokes.splice(0),
    beginPath: () => undefined,
    arc: (_x, _y, radius, from) => strokes.push({ radius, from, alpha: context.globalAlpha }),
    stroke: () => undefined,
  };
  const trail = new LevelTrail(7, 70);
  paintRing(context, '#000', { sizePx: SIZE_PX, discPx: DISC_PX, trail, nowMs: 0, isStill: false, ...scene });
  return strokes;
}

/** A trail with one loud step, `age` steps ago. */
function clapTrail(age: number): LevelTrail {
  const trail = new LevelTrail(7, 70);
  trail.push(0, 0);
  trail.push(1, 70);
  for (let step = 0; step < age; step++) trail.push(0, 140 + step * 70);
  return trail;
}

const loudestRadius = (strokes: Stroke[]) => strokes.slice(0, -1).sort((a, b) => b.alpha - a.alpha)[0]?.radius ?? 0;

describe('paintRing', () => {
  it('lets what is said travel in and what is answered travel out', () => {
    const radiusAt = (status: Status, age: number) => loudestRadius(paint({ status, trail: clapTrail(age) }));
    expect(radiusAt('hearing', 4)).toBeLessThan(radiusAt('hearing', 2));
    expect(radiusAt('speaking', 4)).toBeGreaterThan(radiusAt('speaking', 2));
  });

  it('draws no rings of sound in silence', () => {
    expect(paint({ status: 'listening' })).toHaveLength(1);
  });

  it.each(['idle', 'connecting', 'hearing', 'thinking', 'speaking', 'muted', 'reconnecting', 'trouble'] as const)(
    'stays outside the control and inside the canvas while %s',
    (status) => {
      for (let age = 0; age < 6; age++)
        for (const { radius } of paint({ status, trail: clapTrail(age), nowMs: age * 400 })) {
          expect(radius).toBeGreaterThanOrEqual(DISC_PX / 2);
          expect(radius).toBeLessThanOrEqual(SIZE_PX / 2);
        }
    },
  );

  it('turns while it thinks, unless motion is to be reduced', () => {
    const from = (nowMs: number, isStill: boolean) => paint({ status: 'thinking', nowMs, isStill }).map((s) => s.from);
    expect(from(700, false)).not.toEqual(from(100, false));
    expect(from(700, true)).toEqual(from(100, true));
  });

  it('still shows how loud it is when motion is reduced', () => {
    const rings = (loudness: number) => {
      const trail = new LevelTrail(7, 70);
      trail.push(loudness, 0);
      return paint({ status: 'hearing', trail, isStill: true }).length;
    };
    expect(rings(0.3)).toBeGreaterThan(rings(0));
    expect(rings(0.9)).toBeGreaterThan(rings(0.3));
  });
});

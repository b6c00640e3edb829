import { describe, expect, it } from 'vitest';
import { Ramp } from './ramp.ts';

describe('Ramp', () => {
  it('arrives exactly after the steps it was given, and stays', () => {
    const ramp = new Ramp(0);
    ramp.moveTo(-12, 3);
    expect([ramp.next(), ramp.next(), ramp.samplesLeft, ramp.next(), ramp.samplesLeft, ramp.next()]).toEqual([
      -4, -8, 1, -12, 0, -12,
    ]);
  });

  it('turns round from where it is', () => {
    const ramp = new Ramp(0);
    ramp.moveTo(1, 4);
    ramp.next();
    ramp.moveTo(0, 1);
    expect(ramp.value).toBe(0.25);
    expect(ramp.next()).toBe(0);
  });

  it('is there at once when it has no steps', () => {
    const ramp = new Ramp(0);
    ramp.moveTo(1, 10);
    ramp.moveTo(5);
    expect([ramp.value, ramp.samplesLeft, ramp.next()]).toEqual([5, 0, 5]);
  });

  it('can be sent the rest of the way at once', () => {
    const ramp = new Ramp(0);
    ramp.moveTo(-12, 30);
    ramp.next();
    ramp.finish();
    expect([ramp.value, ramp.samplesLeft, ramp.next()]).toEqual([-12, 0, -12]);
  });
});

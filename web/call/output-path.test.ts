import { expect, it } from 'vitest';
import { OutputPath } from './output-path.ts';

const bad = { mode: 'half-duplex', leakDb: 2 } as const;

it('stays direct while the echo is under control', () => {
  const path = new OutputPath();
  expect(path.choose({ mode: 'unknown' })).toBeUndefined();
  expect(path.choose({ mode: 'clear', leakDb: -60 })).toBeUndefined();
  expect(path.choose({ mode: 'filtered', leakDb: -10 })).toBeUndefined();
});

it('goes round through a peer connection when nothing else helps, and stays there if that does', () => {
  const path = new OutputPath();
  expect(path.choose(bad)).toBe('loopback');
  path.routeChanged({ change: 'path', path: 'loopback' });
  expect(path.choose({ mode: 'unknown' })).toBeUndefined();
  expect(path.choose({ mode: 'clear', leakDb: -70 })).toBeUndefined();
});

it('comes back when the way round does not help either, and tries it again only with another device', () => {
  const path = new OutputPath();
  expect(path.choose(bad)).toBe('loopback');
  path.routeChanged({ change: 'path', path: 'loopback' });
  expect(path.choose(bad)).toBe('direct');
  path.routeChanged({ change: 'path', path: 'direct' });
  expect(path.choose(bad)).toBeUndefined();
  path.routeChanged({ change: 'devices', path: 'direct' });
  expect(path.choose(bad)).toBe('loopback');
});

it('asks a browser that has no way round only once', () => {
  const path = new OutputPath();
  expect(path.choose(bad)).toBe('loopback');
  expect(path.routeChanged({ change: 'path', path: 'direct' })).toBe(false);
  expect(path.choose(bad)).toBeUndefined();
  expect(path.routeChanged({ change: 'devices', path: 'direct' })).toBe(true);
});

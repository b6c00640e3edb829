import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');

/** `--name: light-dark(#light, #dark)` */
const colours = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, name, light, dark]) => [
    name,
    { light, dark },
  ]),
);

/** Relative luminance, WCAG 2.2. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string, theme: 'light' | 'dark'): number {
  const [a, b] = [one, other].map((name) => {
    const hex = colours.get(name)?.[theme];
    if (hex === undefined) throw new Error(`no colour --${name}`);
    return luminance(hex);
  });
  const [low = 0, high = 0] = [a ?? 0, b ?? 0].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

const TEXT: [string, string][] = [
  ...['ground', 'surface', 'sunken', 'clay-tint', 'sage-tint', 'trouble-tint'].map((on): [string, string] => [
    'ink',
    on,
  ]),
  ...['ground', 'surface', 'sunken', 'sage-tint'].map((on): [string, string] => ['ink-soft', on]),
  ['sage', 'ground'],
  ['clay', 'ground'],
  ['clay', 'sunken'],
  ['trouble', 'ground'],
  ['on-sage', 'sage'],
  ['on-clay', 'clay'],
  ['on-trouble', 'trouble'],
  ['ground', 'ink'],
];
const SHAPES: [string, string][] = [
  ['edge', 'ground'],
  ['edge', 'surface'],
  ['edge', 'sunken'],
  ['sage', 'sage-tint'],
  ['clay', 'clay-tint'],
  ['trouble', 'trouble-tint'],
];

describe.each(['light', 'dark'] as const)('colours, %s', (theme) => {
  it.each(TEXT)('%s on %s is readable (4.5)', (ink, ground) => {
    expect(contrast(ink, ground, theme)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(SHAPES)('%s on %s can be made out (3)', (shape, ground) => {
    expect(contrast(shape, ground, theme)).toBeGreaterThanOrEqual(3);
  });
});

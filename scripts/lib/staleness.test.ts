import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newestChangeMs } from './build.mjs';
import { isSameInstall } from './install.mjs';
import { nodeVersionProblem } from './node-version.mjs';

describe('the newest change', () => {
  it('is found in nested folders, and a deletion counts', () => {
    const folder = mkdtempSync(join(tmpdir(), 'earshot-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const nested = join(folder, 'nested');
    const file = join(nested, 'a.ts');
    mkdirSync(nested);
    writeFileSync(file, '');
    for (const path of [file, nested, folder]) utimesSync(path, 1000, 1000);
    expect(newestChangeMs([folder])).toBe(1_000_000);

    utimesSync(file, 2000, 2000);
    expect(newestChangeMs([folder])).toBe(2_000_000);

    rmSync(file);
    expect(newestChangeMs([folder])).toBeGreaterThan(2_000_000);
  });

  it('passes over what is missing', () => {
    expect(newestChangeMs(['/nowhere/at/all'])).toBe(0);
  });
});

describe('an install', () => {
  const wanted = { packages: { '': {}, 'node_modules/a': { version: '1.0.0' } } };

  it.each([
    ['the same versions', { 'node_modules/a': { version: '1.0.0' } }, true],
    ['another version', { 'node_modules/a': { version: '1.0.1' } }, false],
    ['a missing package', {}, false],
  ])('with %s is current: %s', (_, packages, isCurrent) => {
    expect(isSameInstall(wanted, { packages })).toBe(isCurrent);
  });

  it('is current without packages that are optional on this platform', () => {
    const packages = { 'node_modules/only-mac': { version: '1.0.0', optional: true } };
    expect(isSameInstall({ packages }, { packages: {} })).toBe(true);
  });
});

describe('Node.js', () => {
  it.each(['20.19.0', '20.20.2', '22.0.0', '100.1.0'])('%s is new enough', (version) => {
    expect(nodeVersionProblem(version)).toBeUndefined();
  });

  it.each(['20.18.3', '18.20.0', '9.0.0'])('%s is too old', (version) => {
    expect(nodeVersionProblem(version)).toContain('20.19');
  });
});

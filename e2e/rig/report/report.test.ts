import { describe, expect, it } from 'vitest';
import { TRADE_OFF } from '../lab/trade-off.ts';
import type { ScenarioResult } from '../result.ts';
import { toHtml } from './html-report.ts';
import { toReportText } from './report-text.ts';
import type { RigReport } from './rig-report.ts';
import { escape, toScale } from './svg.ts';
import { failuresOf, isMet } from './verdict.ts';

const REACHED: ScenarioResult = {
  scenario: 'pause in <mid> "sentence"',
  subject: 'earshot',
  where: 'lab',
  measures: [
    { name: 'own share', unit: 'ms', values: [100, 200, 300], bar: { of: 'median', atMost: 300 } },
    ...['wait', 'network', 'model', 'hold', 'buffer'].map((name) => ({
      name,
      unit: 'ms' as const,
      values: [10, 20, 30],
    })),
  ],
  notes: ['5 < 6 & "so on"'],
  trace: { stepMs: 10, microphoneDb: [-80, -20], pageDb: [-30, -90], marks: [{ atMs: 10, what: 'onset' }] },
};
const MISSED: ScenarioResult = {
  scenario: 'noise',
  subject: 'earshot',
  where: 'browser',
  measures: [{ name: 'phantom turns', unit: 'count', values: [0, 2], bar: { of: 'sum', atMost: 0 } }],
};
const POINTS: ScenarioResult[] = [300, 900].map((ms) => ({
  ...{ scenario: TRADE_OFF, subject: `silence @ ${ms} ms`, where: 'lab' },
  measures: [
    { name: 'voice to voice', unit: 'ms', values: [ms + 500] },
    { name: 'false cut-offs', unit: '%', values: [0, 0, 100] },
  ],
}));

const REPORT: RigReport = {
  ...{ format: 'earshot-rig-1', startedAt: '2026-01-01T00:00:00.000Z', tookMs: 2_000 },
  machine: { cores: 2, cpu: 'any', node: 'v20', loadBefore: 0.1, loadAfter: 0.2 },
  parts: [
    { name: 'lab', tookMs: 2_000 },
    { name: 'browser', notRun: 'no Chromium' },
  ],
  results: [REACHED, MISSED, ...POINTS],
};

describe('bars', () => {
  it('are met or not by the figure they are about', () => {
    expect(REACHED.measures.map(isMet)).toEqual([true, ...Array.from({ length: 5 }, () => undefined)]);
    expect(failuresOf(REPORT.results).map(({ measure }) => measure.name)).toEqual(['phantom turns']);
  });

  it('are not met by nothing', () => {
    expect(isMet({ name: 'stop', unit: 'ms', values: [], bar: { of: 'p95', atMost: 300 } })).toBe(false);
  });
});

describe('the report page', () => {
  const html = toHtml(REPORT);

  it('shows text as text', () => {
    expect(escape(`<a href="x">'&`)).toBe('&#60;a href=&#34;x&#34;&#62;&#39;&#38;');
    expect(html).not.toContain('<mid>');
    expect(html).toContain(escape('pause in <mid> "sentence"'));
    expect(html).toContain(escape('5 < 6 & "so on"'));
  });

  it('asks for nothing from elsewhere', () => {
    expect(html).not.toMatch(/https?:|src=|@import|url\(|<script|<link/);
  });

  it('draws every kind of plot, and no figure that is not a number', () => {
    for (const title of ['Cut-offs against delay', 'Where the time goes', 'Moments', 'Every value']) {
      expect(html).toContain(`<h2>${title}</h2>`);
    }
    expect(html).not.toContain('NaN');
    expect(html.match(/<svg/g)?.length).toBeGreaterThanOrEqual(4);
  });

  it('says what was not run, and why', () => {
    expect(html).toContain('browser not run: no Chromium');
    expect(toReportText(REPORT)).toContain('browser not run: no Chromium');
  });
});

describe('the report in the terminal', () => {
  it('names the bars that are not met', () => {
    expect(toReportText(REPORT)).toContain('noise, earshot: phantom turns 2 (sum ≤ 0)');
    expect(toReportText({ ...REPORT, results: [REACHED] })).toContain('All bars are met.');
  });
});

describe('a scale', () => {
  it('ends at round numbers around its values', () => {
    expect(toScale([0, 873], [0, 100]).ticks).toEqual([0, 200, 400, 600, 800, 1000]);
    expect(toScale([0, 1000], [0, 100])(500)).toBe(50);
  });
});

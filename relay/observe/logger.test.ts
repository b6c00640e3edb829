import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.ts';

function capture(level: Parameters<typeof createLogger>[0]) {
  const lines: string[] = [];
  const log = createLogger(level, { write: (line: string) => void lines.push(line) });
  return { log, lines };
}

describe('the log', () => {
  it('is one JSON line an event, with the fields it is allowed', () => {
    const { log, lines } = capture('info');
    log.info('answer.done', { utterance: 'u1', attempt: 2, tookMs: 340 });
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ msg: 'answer.done', utterance: 'u1', attempt: 2, tookMs: 340 });
  });

  it.each(['text', 'transcript', 'apiKey', 'ticket', 'authorization', 'url', 'pcm', 'message', 'err'])(
    'drops the field %s, at every level',
    (field) => {
      const { log, lines } = capture('debug');
      for (const level of ['debug', 'info', 'warn', 'error'] as const) log[level]('event', { [field]: 'canary' });
      expect(lines).toHaveLength(4);
      expect(lines.join('')).not.toContain('canary');
    },
  );

  it('says nothing below its level', () => {
    const { log, lines } = capture('warn');
    log.debug('a');
    log.info('b');
    log.warn('c');
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['c']);
  });
});

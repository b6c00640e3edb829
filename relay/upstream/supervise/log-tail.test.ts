import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogTail } from './log-tail.ts';
import { Restarts } from './restarts.ts';
import { secretsOf } from './secrets.ts';

describe('the tail of a log', () => {
  it('keeps the last fifty lines, none longer than 500 characters, an unfinished one included', () => {
    const tail = new LogTail([]);
    for (let i = 0; i < 80; i++) tail.push(`line ${i}\n`);
    tail.push('x'.repeat(100_000));
    expect(tail.lines).toHaveLength(50);
    expect(tail.lines[0]).toBe('line 31');
    expect(tail.lines.at(-1)).toHaveLength(500);
  });

  it('is the same however the output was cut into pieces', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{1,9}$/), { minLength: 1 }),
        fc.integer({ min: 1, max: 7 }),
        (lines, step) => {
          const text = lines.map((line) => `${line}\n`).join('');
          const tail = new LogTail([]);
          for (let at = 0; at < text.length; at += step) tail.push(text.slice(at, at + step));
          expect(tail.lines).toEqual(lines.slice(-50));
        },
      ),
    );
  });

  it.each([
    ['--api-key s3cr3t-1', '--api-key •••'],
    ['args: --api-key=s3cr3t-1 --port 8000', 'args: --api-key=••• --port 8000'],
    ["{'api_key': 's3cr3t-1', 'port': 8000}", "{'api_key': '•••', 'port': 8000}"],
    ['Authorization: Bearer s3cr3t-1', 'Authorization: •••'],
    ['HF_TOKEN=s3cr3t-1', 'HF_TOKEN=•••'],
    ['using hf_abcdefghijkl', 'using •••'],
    ['the words of our own s3cr3t-1 anywhere', 'the words of our own ••• anywhere'],
    ['INFO: Uvicorn running on http://0.0.0.0:8000', 'INFO: Uvicorn running on http://0.0.0.0:8000'],
  ])('shows no secret: %s', (line, shown) => {
    const secrets = secretsOf(['vllm', 'serve', '--api-key', 's3cr3t-1'], {});
    const tail = new LogTail(secrets);
    tail.push(`${line}\n`);
    expect(tail.lines).toEqual([shown]);
  });

  it('knows the values of key-like flags and variables, and leaves the others alone', () => {
    const command = ['server', '--api-key', 'alpha', '--hf-token=bravo', '--port', '8000', '--model', 'qwen'];
    expect(secretsOf(command, { OMNI_API_KEY: 'charlie', PATH: '/bin', EMPTY_SECRET: '' })).toEqual([
      'charlie',
      'alpha',
      'bravo',
    ]);
  });
});

describe('restarts', () => {
  it('come after 1, 2, 4, 8 and 16 seconds, and then no more', () => {
    const restarts = new Restarts();
    expect([1, 2, 3, 4, 5, 6].map(() => restarts.next(0))).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, undefined]);
  });

  it('are all granted again to a process that was up for ten minutes', () => {
    const restarts = new Restarts();
    for (let i = 0; i < 5; i++) restarts.next(0);
    expect([restarts.next(600_000), restarts.count]).toEqual([1_000, 1]);
  });
});

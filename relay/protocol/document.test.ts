import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CLOSE, ERRORS, LIMITS } from '#protocol';

const root = new URL('../../', import.meta.url);
const document = readFileSync(new URL('PROTOCOL.md', root), 'utf8');
const examples = [...document.matchAll(/^```json\n(.+?)\n```$/gms)].map(([, json = '']) => JSON.parse(json) as unknown);
const goldenIn = (folder: string) => {
  const url = new URL(`relay/protocol/fixtures/${folder}/`, root);
  return readdirSync(url).map((file) => JSON.parse(readFileSync(new URL(file, url), 'utf8')) as unknown);
};

describe('PROTOCOL.md', () => {
  it('shows every golden message, and no other', () => {
    const golden = [...goldenIn('client'), ...goldenIn('server')];
    expect(examples).toHaveLength(golden.length);
    for (const message of golden) expect(examples).toContainEqual(message);
  });

  it('lists every error with what may be done about it', () => {
    const rows = [...document.matchAll(/^\| `([a-z-]+)`\s*\| (now|later|never|reload)\s*\|/gm)];
    expect(Object.fromEntries(rows.map(([, code, retry]) => [code, retry]))).toEqual(ERRORS);
  });

  it('lists every close code', () => {
    const rows = [...document.matchAll(/^\| (4\d{3}) \| `(\w+)`\s*\|/gm)];
    expect(Object.fromEntries(rows.map(([, code, name]) => [name, Number(code)]))).toEqual(CLOSE);
  });

  it.each([
    ['text messages', `${LIMITS.maxJsonBytes / 1024} KiB`],
    ['binary messages', `${LIMITS.maxBinaryBytes / 1024} KiB`],
    ['any message', `above ${LIMITS.maxPayloadBytes / 1024} KiB`],
    ['fragments', `more than ${LIMITS.maxFragments} fragments`],
    ['faults', `after ${LIMITS.maxFaults} faults`],
    ['depth', `deeper than ${LIMITS.maxJsonDepth}`],
    ['keys', `more than ${LIMITS.maxJsonKeys} keys`],
    ['open utterances', `More than ${LIMITS.maxOpenUtterances} that`],
    ['an utterance', `beyond ${LIMITS.maxUtteranceMs / 1000} s`],
    ['a ticket', `within ${LIMITS.ticketTtlMs / 1000} seconds`],
    ['the hello', `within ${LIMITS.helloTimeoutMs / 1000} s`],
    ['the resume window', `kept for ${LIMITS.resumeWindowMs / 1000} s`],
    ['half-sent utterances', `${LIMITS.assemblyTtlMs / 1000} s after its last frame`],
    ['outbound bytes', `More than ${LIMITS.maxOutboundBytes / 2 ** 20} MiB`],
    ['reply buffer', `at most ${LIMITS.maxReplyBufferBytes / 2 ** 20} MiB`],
    ['reply frames', `${LIMITS.replyFrameMs} ms`],
    ['pings', `every ${LIMITS.pingIdleMs / 1000} s, every ${LIMITS.pingInTurnMs / 1000} s in a turn`],
  ])('names the budget of %s', (_name, words) => {
    expect(document.replace(/\s+/g, ' ')).toContain(words);
  });
});

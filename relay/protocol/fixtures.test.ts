import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AudioKind, decodeAudio, encodeAudio, encodeClient, encodeServer, parseClient, parseServer } from '#protocol';
import { ClientMessage } from './client.ts';
import { ReplyPart, ServerMessage } from './server.ts';

const folder = new URL('./fixtures/', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, folder));
const namesIn = (path: string) => readdirSync(new URL(path, folder)).map((file) => file.replace('.json', ''));
const typesOf = (options: readonly { entries: { type: { literal: string } } }[]) =>
  options.map((option) => option.entries.type.literal);
const PCM = Int16Array.of(0, 1000, -1000, 32767, -32768, 0);

describe('golden messages', () => {
  it('cover every message of both sides', () => {
    expect(namesIn('client').sort()).toEqual(typesOf(ClientMessage.options).sort());
    const parts = ReplyPart.options.map((option) => `reply-${option.entries.kind.literal}`);
    const server = typesOf(ServerMessage.options).filter((type) => type !== 'reply');
    expect(namesIn('server').sort()).toEqual([...server, ...parts].sort());
  });

  it.each(namesIn('client'))('client %s parses and encodes to the same message', (name) => {
    const golden: unknown = JSON.parse(read(`client/${name}.json`).toString());
    const parsed = parseClient(read(`client/${name}.json`).toString());
    if (parsed.kind !== 'message') throw new Error(JSON.stringify(parsed));
    expect(parsed.message).toEqual(golden);
    expect(JSON.parse(encodeClient(parsed.message))).toEqual(golden);
  });

  it.each(namesIn('server'))('server %s parses and encodes to the same message', (name) => {
    const golden: unknown = JSON.parse(read(`server/${name}.json`).toString());
    const parsed = parseServer(read(`server/${name}.json`).toString());
    if (parsed.kind !== 'message') throw new Error(JSON.stringify(parsed));
    expect(parsed.message).toEqual(golden);
    expect(JSON.parse(encodeServer(parsed.message))).toEqual(golden);
  });

  it.each([
    ['user', { kind: AudioKind.user, attempt: 0, handle: 7, sequence: 0, sample: 0 }],
    ['reply', { kind: AudioKind.reply, attempt: 1, handle: 7, sequence: 3, sample: 2400 }],
  ] as const)('%s audio decodes to its header and samples, and encodes to the same bytes', (name, header) => {
    const bytes = read(`audio/${name}.bin`);
    const decoded = decodeAudio(bytes);
    if (!decoded.ok) throw new Error(decoded.problem.detail);
    expect(decoded.value).toEqual({ ...header, pcm: expect.any(Uint8Array) });
    expect([...decoded.value.pcm]).toEqual([...new Uint8Array(PCM.buffer)]);
    expect(Buffer.from(encodeAudio(decoded.value)).equals(bytes)).toBe(true);
  });

  it('has a commit whose hash is that of the user audio', () => {
    const pcm = read('audio/user.bin').subarray(12);
    const parsed = parseClient(read('client/commit.json').toString());
    expect(parsed).toMatchObject({
      message: { bytes: pcm.length, sha256: createHash('sha256').update(pcm).digest('hex') },
    });
  });
});

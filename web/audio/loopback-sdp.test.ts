import { describe, expect, it } from 'vitest';
import { preferLowDelay } from './loopback-sdp.ts';

const lines = (...all: string[]) => `${all.join('\r\n')}\r\n`;

describe('preferLowDelay', () => {
  it("replaces Opus's parameters, and nothing of other codecs", () => {
    const before = lines('m=audio 9 RTP 111 0', 'a=rtpmap:111 opus/48000/2', 'a=fmtp:111 minptime=10;useinbandfec=1');
    const after = preferLowDelay(before + lines('a=rtpmap:0 PCMU/8000')).split('\r\n');
    expect(after).toContain('a=ptime:10');
    expect(after.filter((line) => line.startsWith('a=fmtp:111 '))).toHaveLength(1);
    expect(after.find((line) => line.startsWith('a=fmtp'))).toMatch(/usedtx=0;useinbandfec=0$/);
    expect(after).toContain('a=rtpmap:0 PCMU/8000');
  });

  it('adds parameters where there were none', () => {
    expect(preferLowDelay(lines('a=rtpmap:96 opus/48000/2'))).toContain('\r\na=fmtp:96 minptime=10');
  });

  it('leaves a description without Opus as it is', () => {
    const sdp = lines('m=audio 9 RTP 0', 'a=rtpmap:0 PCMU/8000');
    expect(preferLowDelay(sdp)).toBe(sdp);
  });
});

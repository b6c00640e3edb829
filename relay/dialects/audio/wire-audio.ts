/** How sound is written on a wire. PCM is 16 bit little endian, mono; G.711 is 8 kHz, one byte a sample. */
export type WireFormat = { encoding: 'pcm16'; rateHz: 16_000 | 24_000 } | { encoding: 'pcmu' } | { encoding: 'pcma' };

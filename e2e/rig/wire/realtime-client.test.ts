import { afterAll, expect, it } from 'vitest';
import { createFakeRealtime } from '../../fakes/realtime-server.ts';
import { RealtimeClient } from './realtime-client.ts';
import { toYield, voiceToVoiceMs } from './judge.ts';

const SILENCE_MS = 200;
const FIRST_AUDIO_MS = 150;
const script = {
  detectsTurnsAfterMs: SILENCE_MS,
  firstAudioMs: FIRST_AUDIO_MS,
  chunkMs: 100,
  pace: 1,
  reply: 'Yes, of course, this goes on for a while.',
};
const fake = await createFakeRealtime({ dialect: 'openai', model: 'gpt-realtime', apiKey: 'secret', script });
afterAll(() => fake.close());

/** Half a second of a buzz at 24 kHz. */
const buzz = Int16Array.from({ length: 12_000 }, (_, i) => 6_000 * Math.sin(i / 20));

it('measures what a server does by its silences, its answers and its giving way', async () => {
  const client = await RealtimeClient.connect(`${fake.url}?model=gpt-realtime`, 'secret');
  try {
    const fromMs = await client.stream(buzz);
    const spoke = { onsetMs: fromMs, offsetMs: fromMs + 500 };
    while (Number.isNaN(voiceToVoiceMs(client.events, spoke)) && client.nowMs < 5_000) await client.silence(20);
    await client.silence(200);
    const overMs = await client.stream(buzz);
    await client.silence(100);

    const latencyMs = voiceToVoiceMs(client.events, spoke);
    expect(latencyMs).toBeGreaterThanOrEqual(SILENCE_MS + FIRST_AUDIO_MS - 40);
    // The first answer has to be synthesized as well.
    expect(latencyMs).toBeLessThan(4_500);
    const { noticedMs, lastAudioMs } = toYield(client.events, { onsetMs: overMs, offsetMs: overMs + 500 });
    // 40 ms of voice, on a clock that counts in frames of 20.
    expect(noticedMs).toBeGreaterThan(40 - 20);
    expect(noticedMs).toBeLessThan(1_000);
    expect(lastAudioMs ?? 0).toBeLessThanOrEqual((noticedMs ?? 0) + 250);
    expect(fake.counters.aborted).toBe(1);
  } finally {
    client.close();
  }
});

it('says so when the key is refused', async () => {
  await expect(RealtimeClient.connect(`${fake.url}?model=gpt-realtime`, undefined)).rejects.toThrow('401');
});

import { resample } from '#dsp/resampler';
import { toFloat, toInt16 } from '../../audio/voice.ts';
import type { Spoken } from '../../fixtures/speech.ts';
import { asCount, asRate, inMs } from '../browser/measures.ts';
import { pausedTurns, plainTurns } from '../browser/people.ts';
import { loadNoises, noiseCalls } from '../corpus/noises.ts';
import { RATE_HZ } from '../corpus/recorded-call.ts';
import type { ScenarioResult } from '../result.ts';
import { answersBegun, isCutOff, toYield, voiceToVoiceMs, type Spoke } from './judge.ts';
import { RealtimeClient, WIRE_RATE_HZ } from './realtime-client.ts';

export interface WireOptions {
  /** `wss://host/v1/realtime?model=…` */
  server: string;
  /** Sent as a bearer token; written nowhere. */
  apiKey?: string;
  noiseMinutes?: number;
  /** How many of the recordings; all of them where absent. */
  turns?: number;
  say?: (line: string) => void;
}

/** Long enough for slow servers to begin; the answer goes on in it. */
const ANSWER_WITHIN_MS = 6_000;
const SPEAK_OVER_AFTER_MS = 600;

/** Any server with OpenAI's realtime wire, as a client that streams its microphone: the same recordings as elsewhere. */
export async function runWire(options: WireOptions): Promise<ScenarioResult[]> {
  const { server, noiseMinutes = 1, turns = Infinity, say = () => undefined } = options;
  // Keys may be in the query as well.
  const subject = new URL(server).host;
  const people = (await plainTurns()).slice(0, turns);
  const measured = async (name: string, measure: () => Promise<Omit<ScenarioResult, 'subject' | 'where'>>) => {
    say(`wire: ${name}`);
    return { ...(await measure()), subject, where: 'wire' as const };
  };
  return [
    await measured('turns', () => measureTurns(options, 'turns', people)),
    await measured('pauses', async () =>
      measureTurns(options, 'turns with pauses', (await pausedTurns()).slice(0, turns)),
    ),
    await measured('barge-in', () => measureBargeIn(options, people)),
    await measured('noise', () => measureNoise(options, noiseMinutes)),
  ];
}

type Measured = Omit<ScenarioResult, 'subject' | 'where'>;

async function measureTurns(options: WireOptions, scenario: string, people: readonly Spoken[]): Promise<Measured> {
  const latencies: number[] = [];
  const cutOffs: boolean[] = [];
  for (const spoken of people) {
    const { events, spoke } = await inSession(options, async (client) => {
      const spoke = await speak(client, spoken);
      await client.silence(ANSWER_WITHIN_MS);
      return { events: client.events, spoke };
    });
    latencies.push(voiceToVoiceMs(events, spoke));
    cutOffs.push(isCutOff(events, spoke));
  }
  const answered = latencies.filter((ms) => !Number.isNaN(ms));
  return {
    scenario,
    measures: [
      inMs('voice to voice', answered),
      asRate('false cut-offs', cutOffs),
      asRate('missed ends', latencies.map(Number.isNaN)),
    ],
    notes: [
      'to the first audio on the wire: no loudspeaker, and the time of its model is in it; turn detection with its own defaults',
    ],
  };
}

async function measureBargeIn(options: WireOptions, people: readonly Spoken[]): Promise<Measured> {
  const gave = [];
  for (const [i, spoken] of people.entries()) {
    const question = people[(i + 1) % people.length] ?? spoken;
    const { events, spoke } = await inSession(options, async (client) => {
      await speak(client, question);
      const heardBefore = client.events.length;
      for (let waitedMs = 0; waitedMs < ANSWER_WITHIN_MS; waitedMs += 100) {
        await client.silence(100);
        if (client.events.slice(heardBefore).some(({ type }) => type.endsWith('audio.delta'))) break;
      }
      await client.silence(SPEAK_OVER_AFTER_MS);
      const spoke = await speak(client, spoken);
      await client.silence(1_500);
      return { events: client.events, spoke };
    });
    gave.push(toYield(events, spoke));
  }
  return {
    scenario: 'barge-in',
    measures: [
      asRate(
        'caught',
        gave.map(({ noticedMs }) => noticedMs !== undefined),
      ),
      inMs(
        'noticed after onset',
        gave.flatMap(({ noticedMs }) => noticedMs ?? []),
      ),
      inMs(
        'last audio after onset',
        gave.flatMap(({ lastAudioMs }) => lastAudioMs ?? []),
      ),
    ],
    notes: [
      'noticed: speech_started, upon which a client falls silent; a server that sends faster than it is heard has sent its last audio before',
    ],
  };
}

async function measureNoise(options: WireOptions, minutes: number): Promise<Measured> {
  const begun = await inSession(options, async (client) => {
    for (const { samples } of noiseCalls(await loadNoises(), minutes)) {
      await client.stream(toInt16(resample(samples, RATE_HZ, WIRE_RATE_HZ)));
    }
    await client.silence(2_000);
    return answersBegun(client.events);
  });
  return { scenario: 'noise and music', measures: [asCount('phantom turns', begun)], notes: [`${minutes} minutes`] };
}

async function inSession<T>({ server, apiKey }: WireOptions, use: (client: RealtimeClient) => Promise<T>): Promise<T> {
  const client = await RealtimeClient.connect(server, apiKey);
  try {
    await client.silence(500);
    return await use(client);
  } finally {
    client.close();
  }
}

async function speak(client: RealtimeClient, { samples, rateHz, onsetMs, offsetMs }: Spoken): Promise<Spoke> {
  const fromMs = await client.stream(toInt16(resample(toFloat(Int16Array.from(samples)), rateHz, WIRE_RATE_HZ)));
  return { onsetMs: fromMs + onsetMs, offsetMs: fromMs + offsetMs };
}

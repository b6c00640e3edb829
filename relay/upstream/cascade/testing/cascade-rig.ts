import { createFakeOmni, type FakeOmni } from '../../../../e2e/fakes/omni-server.ts';
import type { OmniScript } from '../../../../e2e/fakes/omni-script.ts';
import type { ReceivedRequest } from '../../../../e2e/fakes/omni-request.ts';
import { createFakeSynthesiser, type SpeechScript } from '../../../../e2e/fakes/speech-server.ts';
import { toneVoice } from '../../../../e2e/fakes/tone-voice.ts';
import { createFakeRecogniser, type TranscriptionScript } from '../../../../e2e/fakes/transcription-server.ts';
import type { WireServer } from '../../../../e2e/fakes/wire-server.ts';
import { createChat } from '../../openai-chat/chat.ts';
import { createRecogniser, type RecogniserOptions } from '../../recogniser/recogniser.ts';
import { createSynthesiser, type SynthesiserOptions } from '../../synthesiser/synthesiser.ts';
import { createCascade, type Cascade, type CascadeOptions } from '../cascade.ts';

/** Small enough for tests, large enough for a busy machine. */
export const RIG_TIMEOUTS = { connectMs: 1_000, firstEventMs: 1_500, stallMs: 600, totalMs: 20_000 };

export interface RigOptions {
  hears?: Partial<TranscriptionScript>;
  writes?: Partial<OmniScript>;
  speaks?: Partial<SpeechScript>;
  recogniser?: Partial<RecogniserOptions>;
  synthesiser?: Partial<SynthesiserOptions>;
  stallMs?: number;
}

/** A cascade and the three servers behind it. */
export interface CascadeRig {
  cascade: Cascade;
  parts: CascadeOptions;
  ears: WireServer<TranscriptionScript>;
  mind: FakeOmni;
  voice: WireServer<SpeechScript>;
  close(): Promise<void>;
}

/** The words of the last message the chat was sent. */
export function questionOf({ body }: ReceivedRequest): string {
  const content = body.messages.at(-1)?.content;
  return typeof content === 'string' ? content : '';
}

export async function createCascadeRig(options: RigOptions = {}): Promise<CascadeRig> {
  const { hears, writes, speaks, stallMs = RIG_TIMEOUTS.stallMs } = options;
  const reply = (request: ReceivedRequest) => `You said: ${questionOf(request)} That is what I heard. Is it so?`;
  const [ears, mind, voice] = await Promise.all([
    createFakeRecogniser({ script: { ...hears } }),
    createFakeOmni({ model: 'some-chat', script: { isSilent: true, firstTokenMs: 5, reply, ...writes } }),
    createFakeSynthesiser({ script: { speak: toneVoice(), ...speaks } }),
  ]);
  const timeouts = RIG_TIMEOUTS;
  const parts: CascadeOptions = {
    recogniser: createRecogniser({ baseUrl: ears.baseUrl, timeouts, ...options.recogniser }),
    chat: createChat({ baseUrl: mind.baseUrl, model: mind.model, timeouts }),
    synthesiser: createSynthesiser({ baseUrl: voice.baseUrl, timeouts, ...options.synthesiser }),
    stallMs,
  };
  const cascade = createCascade(parts);
  const close = async () => {
    await cascade.close();
    await Promise.all([ears.close(), mind.close(), voice.close()]);
  };
  return { cascade, parts, ears, mind, voice, close };
}

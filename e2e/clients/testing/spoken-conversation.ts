import { setTimeout as sleep } from 'node:timers/promises';
import type { Recording } from '../../audio/wav.ts';
import type { ReceivedRequest } from '../../fakes/omni-request.ts';
import { Microphone } from './microphone.ts';
import type { ServerResponse } from './server-event.ts';
import type { Guest, House } from './stage.ts';
import { fourQuestions } from './utterances.ts';
import type { AppTool, VoiceAppOptions, VoiceClient } from './voice-client.ts';

/** Faster than people speak: detectors count samples, and the test need not last as long as the talk. */
const PACE = 3;
/** Of the answer that is spoken over, heard before somebody does. */
const HEARD_MS = 1_200;

export const CITY = 'Lisbon';
export const DEGREES = 'twenty-one degrees';
/** Some twenty seconds of speech, which come no faster than they are played: time to speak over on a slow machine, too. */
export const LONG_ANSWER =
  'In the morning there will be some fog along the river, then it clears up from the west, ' +
  'and the afternoon is sunny and warm until late in the evening. Tomorrow begins with a little rain in the hills, ' +
  'but by noon the wind turns, and the rest of the week stays dry, with cool nights and bright days along the coast.';
export const LAST_ANSWER = 'Very well.';

/** One of the stretches of speech, and when it was sent: milliseconds of the stream of sound. */
export interface SpokenTurn {
  onsetMs: number;
  offsetMs: number;
}

/** What happened in a whole conversation, from both ends. */
export interface Talk<C extends VoiceClient> {
  stage: Guest;
  client: C;
  /** What the app's function was called with. */
  calls: readonly Record<string, string>[];
  turns: readonly SpokenTurn[];
  /** Of the responses, in order: the call, its answer, one from memory, one spoken over, the last. */
  responses: readonly ServerResponse[];
  /** What the model was asked for each of them. */
  requests: readonly ReceivedRequest[];
}

export type Connect<C extends VoiceClient> = (stage: Guest, app: VoiceAppOptions) => C | Promise<C>;

/**
 * Four spoken turns through a client: a question that takes a tool, one that takes memory, one whose answer is spoken
 * over, and what follows it.
 */
export async function holdConversation<C extends VoiceClient>(connect: Connect<C>, house: House): Promise<Talk<C>> {
  const stage = await house.join();
  const calls: Record<string, string>[] = [];
  const tool: AppTool = {
    name: 'get_temperature',
    description: 'Tells how warm it is in a city.',
    parameters: ['city'],
    run(args) {
      calls.push(args);
      stage.upstream.script = { ...stage.upstream.script, calls: [], reply: answerFromTool };
      return DEGREES;
    },
  };
  const client = await connect(stage, { instructions: stage.instructions, tool });
  const { ledger } = client;
  const microphone = new Microphone((pcm) => client.sendAudio(pcm), PACE);
  try {
    await ledger.next('session.updated');
    microphone.open();
    const [first, second, third, fourth] = await fourQuestions();
    if (!first || !second || !third || !fourth) throw new Error('nothing to say');
    const turns: SpokenTurn[] = [];
    const say = async (recording: Recording): Promise<void> => void turns.push(await saying(microphone, recording));
    const { upstream } = stage;
    const plain = upstream.script;

    upstream.script = { ...plain, calls: [{ name: tool.name, arguments: JSON.stringify({ city: CITY }) }] };
    await say(first);
    await played(client, await ledger.done(2));
    upstream.script = { ...plain, reply: answerFromMemory };
    await say(second);
    await played(client, await ledger.done(3));
    upstream.script = { ...plain, reply: LONG_ANSWER, chunkMs: 200, pace: 1 };
    await say(third);
    await speaking(client, 4);
    upstream.script = { ...plain, reply: LAST_ANSWER };
    await say(fourth);
    await played(client, await ledger.done(5));
    // What was said last may be understood later than it is answered.
    await ledger.next('conversation.item.input_audio_transcription.completed', 4);
    await sleep(50);
    return { stage, client, calls, turns, responses: ledger.responses, requests: [...upstream.requests] };
  } finally {
    microphone.close();
  }
}

async function saying(microphone: Microphone, recording: Recording): Promise<SpokenTurn> {
  const fromMs = microphone.sentMs;
  await microphone.say(recording);
  return { onsetMs: fromMs, offsetMs: fromMs + (recording.samples.length * 1000) / recording.rateHz };
}

/** As long as a player takes for what it was given of a response, counted from now. */
async function played({ ledger }: VoiceClient, { output }: ServerResponse): Promise<void> {
  const spoken = output.find(({ type }) => type === 'message');
  if (spoken) await sleep((ledger.speechOf(spoken.id).length * 1000) / 24_000);
}

/** Until so much of the `nth` response has come, which comes as fast as it is played. */
async function speaking({ ledger }: VoiceClient, nth: number): Promise<void> {
  const { response } = await ledger.next('response.created', nth);
  await ledger.until(() => {
    const item = ledger.of('response.output_item.added').find(({ response_id: id }) => id === response?.id)?.item;
    return item !== undefined && ledger.speechOf(item.id).length >= (HEARD_MS * 24_000) / 1000;
  }, 'the answer to be heard');
}

const lastText = ({ body }: ReceivedRequest): string => JSON.stringify(body.messages.at(-1)?.content);

/** Of what the app's function gave back, whatever it was. */
const answerFromTool = (request: ReceivedRequest): string => `It has ${JSON.parse(lastText(request))}.`;

/** Tells that the call and its answer are still known. */
function answerFromMemory({ body }: ReceivedRequest): string {
  const told = JSON.stringify(body.messages);
  return told.includes(CITY) && told.includes(DEGREES) ? 'As I said.' : 'I have forgotten.';
}

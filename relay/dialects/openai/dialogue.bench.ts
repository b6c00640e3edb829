import { bench, describe } from 'vitest';
import { Rehearsal } from './testing/rehearsal.ts';

const sound = (ms: number) => Buffer.alloc(48 * ms, 7);
const append = (ms: number) =>
  JSON.stringify({ type: 'input_audio_buffer.append', audio: sound(ms).toString('base64') });
const [short, long] = [Buffer.from(append(20)), Buffer.from(append(100))];
const pcm = new Uint8Array(sound(100));
const at = { responseId: 'resp_1', itemId: 'item_1', outputIndex: 0 };

describe('one message of an OpenAI client', () => {
  const rehearsal = new Rehearsal();
  const { dialogue, lines } = rehearsal;

  bench('20 ms of sound in', () => void dialogue.receive(short.toString()));
  bench('100 ms of sound in', () => void dialogue.receive(long.toString()));
  bench('100 ms of sound out', () => {
    dialogue.tell({ kind: 'audio', at, pcm, rateHz: 24_000 });
    lines.length = 0;
  });
  bench('JSON.parse and base64 alone, 20 ms', () => {
    Buffer.from((JSON.parse(short.toString()) as { audio: string }).audio, 'base64');
  });
});

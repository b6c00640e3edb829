import { expect, it } from 'vitest';
import { parseWav } from '#dsp/wav';
import { createPhraseRecogniser } from './recognise.ts';

const pcm = () => new Uint8Array(new Int16Array(1600).fill(321).buffer);

it('sends the sound as a WAV file, and gives the words back', async () => {
  const sent: FormData[] = [];
  const recognise = createPhraseRecogniser((_url, init) => {
    sent.push(init?.body as FormData);
    return Promise.resolve(new Response('Stop, please.'));
  });
  expect(await recognise(pcm())).toBe('Stop, please.');
  const file = sent[0]?.get('audio') as File;
  const wav = parseWav(new Uint8Array(await file.arrayBuffer()));
  expect(wav.ok && wav.value.rateHz).toBe(16_000);
});

it('asks a relay without a recogniser only once', async () => {
  let count = 0;
  const recognise = createPhraseRecogniser(() => {
    count++;
    return Promise.resolve(new Response('', { status: 501 }));
  });
  expect(await recognise(pcm())).toBeUndefined();
  expect(await recognise(pcm())).toBeUndefined();
  expect(count).toBe(1);
});

it('takes a failure, a refusal and silence for nothing said, and asks again', async () => {
  const answers = [
    () => Promise.reject<Response>(new TypeError('network')),
    () => Promise.resolve(new Response('', { status: 503 })),
  ];
  let count = 0;
  const recognise = createPhraseRecogniser(() => answers[count++]?.() ?? Promise.resolve(new Response('halt')));
  expect(await recognise(pcm())).toBeUndefined();
  expect(await recognise(pcm())).toBeUndefined();
  expect(await recognise(new Uint8Array())).toBeUndefined();
  expect(await recognise(pcm())).toBe('halt');
});

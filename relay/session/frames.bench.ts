import { bench, describe } from 'vitest';
import { decodeAudio, encodeAudio } from '#protocol';
import { Speaker } from './testing/speaker.ts';
import { Stage } from './testing/stage.ts';

/** A minute of speech, the longest utterance, as the client sends it: 32 ms of it in each frame. */
const speaker = new Speaker('u1', 1, 1_875);
const frames = Array.from({ length: speaker.frames }, (_, n) => encodeAudio(speaker.frame(n)));
const stage = new Stage();

describe('the uplink', () => {
  bench('1875 frames decoded, assembled and hashed', () => {
    stage.receive(speaker.begin());
    for (const bytes of frames) {
      const frame = decodeAudio(bytes);
      if (frame.ok) stage.receiveAudio(frame.value);
    }
    stage.receive({ type: 'discard', utterance: 'u1' });
  });
});

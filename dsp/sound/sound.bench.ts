/** What telling sounds apart costs for one frame of 32 ms: `npx vitest bench --run --project unit dsp/sound`. */
import { bench, describe } from 'vitest';
import { InterjectionDetector } from './interjection.ts';
import { NoiseFloor } from './noise-floor.ts';
import { SpeechEdge } from './speech-edge.ts';
import { noise } from './testing/noise.ts';

const frame = noise(0.032, -30);
const floor = new NoiseFloor();
const edge = new SpeechEdge();
const detector = new InterjectionDetector();
let endSample = 0;

describe('one frame of 32 ms', () => {
  bench('noise floor', () => {
    floor.push(-60);
  });
  bench('speech edge', () => {
    edge.push(frame, (endSample += frame.length), -60);
  });
  bench('interjection', () => {
    detector.push(frame, (endSample += frame.length), 0.9, 0);
  });
});

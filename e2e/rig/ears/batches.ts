import { SILERO } from '#models/vad/silero';
import { loadSilero } from '../../../relay/vad/networks.ts';
import type { ScenarioResult } from '../result.ts';
import { median } from '../statistics.ts';

const SIZES = [1, 2, 4, 8, 16, 32, 64];
/** Frames judged at each size. */
const FRAMES = 1_500;
const FRAME_MS = (1000 * SILERO.frameSamples) / SILERO.rateHz;

/** What one frame costs the voice network alone, by how many streams are judged in one run. */
export async function measureBatches(): Promise<ScenarioResult[]> {
  const network = await loadSilero();
  const results: ScenarioResult[] = [];
  for (const size of SIZES) {
    const input = Float32Array.from({ length: size * SILERO.inputLength }, (_, i) => 0.2 * Math.sin(i / 9));
    const state = new Float32Array(size * SILERO.stateLength);
    await network(input, state, size);
    const costs: number[] = [];
    for (let done = 0; done < FRAMES; done += size) {
      const fromMs = performance.now();
      await network(input, state, size);
      costs.push((1000 * (performance.now() - fromMs)) / size);
    }
    results.push({
      scenario: 'ears: one run of the network',
      subject: `${size} streams`,
      where: 'lab',
      measures: [
        { name: 'a frame', unit: 'µs', values: costs },
        { name: 'streams a core', unit: 'count', values: [Math.floor((1000 * FRAME_MS) / median(costs))] },
      ],
    });
  }
  return results;
}

import { buildWorker } from '../../../relay/vad/testing/build-worker.ts';
import type { Part } from '../part.ts';
import type { ScenarioResult } from '../result.ts';
import { measureBatches } from './batches.ts';
import { measureDetection } from './detection.ts';
import { measureLoad } from './load.ts';

const STREAMS = [50, 100, 150];

/** Turn detection in the relay, for clients that send nothing but sound. */
export const earsPart: Part = {
  obstacle: async () => undefined,
  run: async ({ say }) => {
    const results: ScenarioResult[] = [];
    say('ears: runs of the network');
    results.push(...(await measureBatches()));
    const worker = await buildWorker();
    try {
      for (const streams of STREAMS) {
        say(`ears: ${streams} streams`);
        results.push(await measureLoad(worker.entry, streams));
      }
    } finally {
      await worker.remove();
    }
    say('ears: turns');
    results.push(...(await measureDetection()));
    return results;
  },
};

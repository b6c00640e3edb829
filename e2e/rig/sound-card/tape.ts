import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resample } from '#dsp/resampler';
import { EAR_RATE_HZ } from '../browser/answer-trail.ts';
import type { SoundServer } from './sound-server.ts';

const RATE_HZ = 48_000;
const CHANNELS = 3;

/** The whole room, from outside of the browser. */
export interface Taped {
  /** At EAR_RATE_HZ. */
  page: Float32Array<ArrayBuffer>;
  /** The person, and the page's echo below. */
  microphone: Float32Array<ArrayBuffer>;
}

/** A recording that runs until it is stopped. */
export class Tape {
  readonly #program: ChildProcess;
  readonly #blocks: Buffer[] = [];
  #bytes = 0;

  constructor(server: SoundServer) {
    const format = ['--format=s16le', `--rate=${RATE_HZ}`, `--channels=${CHANNELS}`];
    const map = '--channel-map=front-left,front-right,rear-center';
    this.#program = spawn('parec', ['--device=room.monitor', ...format, map, '--latency-msec=50'], {
      env: server.env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#program.stdout?.on('data', (block: Buffer) => {
      this.#blocks.push(block);
      this.#bytes += block.length;
    });
  }

  /** How much is on it; about 50 ms behind what sounds at this moment. */
  get nowMs(): number {
    return (this.#bytes * 1000) / (2 * CHANNELS * RATE_HZ);
  }

  taped(): Taped {
    const all = Buffer.concat(this.#blocks);
    const length = Math.floor(all.length / (2 * CHANNELS));
    const channel = (index: number) => {
      const samples = Float32Array.from({ length }, (_, i) => all.readInt16LE(2 * (CHANNELS * i + index)) / 32_768);
      return resample(samples, RATE_HZ, EAR_RATE_HZ);
    };
    return { page: channel(0), microphone: channel(2) };
  }

  async stop(): Promise<void> {
    if (this.#program.exitCode !== null || this.#program.signalCode !== null) return;
    const gone = once(this.#program, 'exit');
    this.#program.kill('SIGTERM');
    await gone;
  }
}

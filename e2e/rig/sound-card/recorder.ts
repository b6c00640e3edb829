import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resample } from '#dsp/resampler';
import { toFloat } from '../../audio/voice.ts';
import { toSamples } from '../../audio/wav.ts';
import { EAR_RATE_HZ } from '../browser/answer-trail.ts';
import { ArrivalClock } from './arrival-clock.ts';
import { CARD_RATE_HZ, type Place, type SoundServer } from './sound-server.ts';

/** Records one place of the sound card, from its construction on until it is stopped. */
export class Recorder {
  readonly clock = new ArrivalClock();
  readonly #program: ChildProcess;
  readonly #blocks: Buffer[] = [];
  #bytes = 0;

  constructor(server: SoundServer, place: Place) {
    const format = ['--format=s16le', `--rate=${CARD_RATE_HZ}`, '--channels=1', '--latency-msec=20'];
    this.#program = spawn('parec', [`--device=${place}.monitor`, ...format], {
      env: server.env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#program.stdout?.on('data', (block: Buffer) => {
      this.#blocks.push(block);
      this.#bytes += block.length;
      this.clock.observe(this.recordedMs, performance.now());
    });
  }

  get recordedMs(): number {
    return (this.#bytes * 1000) / (2 * CARD_RATE_HZ);
  }

  /** Resolves with the first samples. */
  async running(): Promise<void> {
    const { stdout } = this.#program;
    if (this.#bytes === 0 && stdout) await once(stdout, 'data', { signal: AbortSignal.timeout(5_000) });
  }

  /** At EAR_RATE_HZ. */
  taped(): Float32Array<ArrayBuffer> {
    return resample(toFloat(toSamples(Buffer.concat(this.#blocks))), CARD_RATE_HZ, EAR_RATE_HZ);
  }

  async stop(): Promise<void> {
    if (this.#program.exitCode !== null || this.#program.signalCode !== null) return;
    const gone = once(this.#program, 'exit');
    this.#program.kill('SIGTERM');
    await gone;
  }
}

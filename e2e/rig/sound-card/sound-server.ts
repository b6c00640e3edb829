import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeWav, type Recording } from '../../audio/wav.ts';

export const CARD_RATE_HZ = 48_000;
/** From the loudspeaker's monitor into the microphone, as in a small room. */
const ECHO_DELAY_MS = 30;
/** Of nobody connected; the daemon outlives a rig that was killed by no more than this. */
const IDLE_EXIT_S = 60;
const MAX_START_TRIES = 50;

/**
 * The loudspeaker (the browser plays there), what is in front of the microphone (a person plays there, and the
 * loudspeaker is looped back to it), and a microphone of its own, as browsers offer no monitors. A sink that takes
 * rewinds holds its monitor back by its whole buffer, two seconds: without them it is a fifth of one, at no cost of CPU.
 */
const modules = (socket: string): string[] => [
  `module-native-protocol-unix auth-anonymous=1 socket=${socket}`,
  `module-null-sink sink_name=speaker rate=${CARD_RATE_HZ} channels=2 norewinds=1`,
  `module-null-sink sink_name=air rate=${CARD_RATE_HZ} channels=1 norewinds=1`,
  'module-remap-source source_name=mic master=air.monitor channels=1',
  `module-loopback source=speaker.monitor sink=air channels=1 latency_msec=${ECHO_DELAY_MS}`,
];

/** Everything runs at one rate, so nothing is resampled but the loop-back, which keeps its delay that way. */
const CONFIG = [
  'realtime-scheduling = no',
  'high-priority = no',
  'resample-method = speex-float-1',
  `default-sample-rate = ${CARD_RATE_HZ}`,
  `alternate-sample-rate = ${CARD_RATE_HZ}`,
].join('\n');

/** Programs the sound card is made of; the names of those that are missing here. */
export const missingPrograms = (): string[] =>
  ['pulseaudio', 'pactl', 'paplay', 'parec'].filter((name) => spawnSync(name, ['--version']).status !== 0);

/** Where the browser plays, and what is before the microphone. */
export type Place = 'speaker' | 'air';

/** A sound card of our own: a PulseAudio daemon on a private socket, which nothing else on this machine sees. */
export class SoundServer {
  /** For programs that are to use it. */
  readonly env: Record<string, string>;
  readonly #folder: string;
  readonly #daemon: ChildProcess;

  private constructor(folder: string, env: Record<string, string>, daemon: ChildProcess) {
    this.#folder = folder;
    this.env = env;
    this.#daemon = daemon;
    process.once('exit', this.#abandon);
    process.once('SIGTERM', end);
  }

  static async start(): Promise<SoundServer> {
    const folder = await mkdtemp(join(tmpdir(), 'earshot-sound-'));
    const socket = join(folder, 'native');
    const script = join(folder, 'default.pa');
    const config = join(folder, 'daemon.conf');
    const lines = modules(socket).map((each) => `load-module ${each}`);
    await writeFile(script, [...lines, 'set-default-sink speaker', 'set-default-source mic', ''].join('\n'));
    await writeFile(config, `${CONFIG}\n`);
    // The daemon refuses to run where it is told of another server.
    const { PULSE_SERVER: _other, ...inherited } = definedEnv();
    const env = { ...inherited, PULSE_RUNTIME_PATH: folder, PULSE_CONFIG: config };
    const options = ['--daemonize=no', '--use-pid-file=no', '--log-level=error', `--exit-idle-time=${IDLE_EXIT_S}`];
    const daemon = spawn('pulseaudio', ['-n', '-F', script, ...options], { env, stdio: 'ignore' });
    const server = new SoundServer(folder, { ...env, PULSE_SERVER: `unix:${socket}` }, daemon);
    for (let tries = 0; tries < MAX_START_TRIES; tries++) {
      if (spawnSync('pactl', ['info'], { env: server.env }).status === 0) return server;
      await sleep(100);
    }
    await server.stop();
    throw new Error('the sound server did not come up');
  }

  /** Of the page's sound on its way back into the microphone, in dB. */
  setEchoGain(db: number): void {
    const inputs = this.#control('list', 'short', 'sink-inputs').split('\n');
    const [index] = inputs.find((line) => line.includes('module-loopback'))?.split('\t') ?? [];
    if (index === undefined) throw new Error('the sound card has no loop-back');
    this.#control('set-sink-input-volume', index, toVolume(db));
  }

  /** Resolves when all of it has been played. */
  async play(sound: Recording, place: Place): Promise<void> {
    const path = join(this.#folder, 'played.wav');
    await writeFile(path, encodeWav(sound));
    const program = spawn('paplay', [`--device=${place}`, '--latency-msec=100', path], {
      env: this.env,
      stdio: 'ignore',
    });
    const [code] = (await once(program, 'exit')) as [number | null];
    if (code !== 0) throw new Error('the sound card played nothing');
  }

  async stop(): Promise<void> {
    process.off('exit', this.#abandon);
    process.off('SIGTERM', end);
    if (this.#daemon.exitCode === null && this.#daemon.signalCode === null) {
      const gone = once(this.#daemon, 'exit');
      // It holds nothing worth saving, and one that is busy may not listen to anything softer.
      this.#daemon.kill('SIGKILL');
      await gone;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }

  readonly #abandon = (): void => {
    this.#daemon.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  };

  #control(...args: string[]): string {
    const { status, stdout, stderr } = spawnSync('pactl', args, { env: this.env });
    if (status !== 0) throw new Error(`pactl ${args.join(' ')}: ${stderr.toString()}`);
    return stdout.toString();
  }
}

/** Through `exit`, where everything that was started is ended. */
const end = (): never => process.exit(143);

/** PulseAudio's volumes are cubic: 65536 is 0 dB. */
const toVolume = (db: number): string => String(Math.round(65_536 * 10 ** (db / 60)));

const definedEnv = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const RATE_HZ = 48_000;
/** From the loudspeaker's monitor into the microphone, as in a small room. */
const ECHO_DELAY_MS = 30;

/**
 * One sink holds everything, so that everything is on one clock and one recording has it all: the page on channels 1 and
 * 2, what the microphone hears (the person, and the page again) on 3. More sinks, mapped onto this one, took half a core.
 */
const modules = (socket: string): string[] => [
  `module-native-protocol-unix auth-anonymous=1 socket=${socket}`,
  `module-null-sink sink_name=room rate=${RATE_HZ} channels=3 channel_map=front-left,front-right,rear-center`,
  monitor('mic', 'mono', 'rear-center'),
  monitor('playing', 'rear-center', 'front-left'),
  `module-loopback source=playing sink=room channels=1 channel_map=rear-center remix=no latency_msec=${ECHO_DELAY_MS}`,
];

const monitor = (name: string, channel: string, of: string): string =>
  `module-remap-source source_name=${name} master=room.monitor channels=1 channel_map=${channel} master_channel_map=${of} remix=no`;

/** Programs the sound card is made of; the names of those that are missing here. */
export const missingPrograms = (): string[] =>
  ['pulseaudio', 'pactl', 'paplay', 'parec'].filter((name) => spawnSync(name, ['--version']).status !== 0);

/** A sound card of our own: a PulseAudio daemon on a private socket, which nothing else on this machine sees. */
export class SoundServer {
  /** For programs that are to use it. */
  readonly env: Record<string, string>;
  readonly folder: string;
  readonly #daemon: ChildProcess;

  private constructor(folder: string, env: Record<string, string>, daemon: ChildProcess) {
    this.folder = folder;
    this.env = env;
    this.#daemon = daemon;
  }

  static async start(): Promise<SoundServer> {
    const folder = await mkdtemp(join(tmpdir(), 'earshot-sound-'));
    const socket = join(folder, 'native');
    const script = join(folder, 'default.pa');
    const config = join(folder, 'daemon.conf');
    const lines = modules(socket).map((each) => `load-module ${each}`);
    await writeFile(script, [...lines, 'set-default-sink room', 'set-default-source mic', ''].join('\n'));
    // A stereo stream is not to be spread over the microphone's channel as well.
    await writeFile(config, 'enable-remixing = no\n');
    const env = { ...definedEnv(), PULSE_RUNTIME_PATH: folder, PULSE_CONFIG: config, PULSE_SERVER: `unix:${socket}` };
    const options = [
      '-n',
      '-F',
      script,
      '--daemonize=no',
      '--exit-idle-time=-1',
      '--use-pid-file=no',
      '--log-level=error',
    ];
    // The daemon refuses to run where it is told of another server.
    const { PULSE_SERVER: _other, ...own } = env;
    const daemon = spawn('pulseaudio', options, { env: own, stdio: 'ignore' });
    const server = new SoundServer(folder, env, daemon);
    for (let tries = 0; tries < 50; tries++) {
      if (spawnSync('pactl', ['info'], { env }).status === 0) return server;
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

  /** Resolves when all of the WAV file has been said by the person. */
  async say(path: string): Promise<void> {
    const program = spawn('paplay', ['--device=room', '--channel-map=rear-center', '--latency-msec=100', path], {
      env: this.env,
      stdio: 'ignore',
    });
    await once(program, 'exit');
  }

  async stop(): Promise<void> {
    if (this.#daemon.exitCode === null && this.#daemon.signalCode === null) {
      const gone = once(this.#daemon, 'exit');
      // It holds nothing worth saving, and one that is busy may not listen to anything softer.
      this.#daemon.kill('SIGKILL');
      await gone;
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  #control(...args: string[]): string {
    const { status, stdout, stderr } = spawnSync('pactl', args, { env: this.env });
    if (status !== 0) throw new Error(`pactl ${args.join(' ')}: ${stderr.toString()}`);
    return stdout.toString();
  }
}

/** PulseAudio's volumes are cubic: 65536 is 0 dB. */
const toVolume = (db: number): string => String(Math.round(65_536 * 10 ** (db / 60)));

const definedEnv = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );

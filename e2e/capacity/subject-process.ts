import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { RELAY_FLAGS } from '../../scripts/lib/relay-flags.mjs';

const WITNESS = pathToFileURL(fileURLToPath(new URL('./witness.mjs', import.meta.url))).href;
const READY_MS = 20_000;

/** What a process has used since it began. */
export interface Usage {
  atMs: number;
  /** All its threads, in user and in kernel mode. */
  cpuMs: number;
  /** The main thread's event loop. */
  activeMs: number;
  idleMs: number;
  rss: number;
  /** JavaScript heap and what it holds outside, after a collection; only when asked for. */
  heap?: number;
}

export interface Program {
  script: string;
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** Folder for a profile of the main thread. */
  profileTo?: string;
}

/** Whether processes can be kept on one core each. */
export const canPin = (): boolean =>
  availableParallelism() > 1 && spawnSync('taskset', ['-c', '0', 'true']).status === 0;

/** Keeps this process off the core of the measured one. */
export function pinGenerator(): void {
  spawnSync('taskset', ['-a', '-cp', '1', String(process.pid)]);
}

/** A measured program, all its threads on the first core where the machine allows it. */
export class SubjectProcess {
  readonly #child: ChildProcess;
  /** What it has printed; the end of it. */
  #output = '';
  /** Aborts what waits for a program that has ended. */
  readonly #over = new AbortController();

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.once('exit', () => this.#over.abort(new Error(`the measured program has ended:\n${this.#output}`)));
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (bytes: Buffer) => (this.#output = (this.#output + bytes.toString()).slice(-4_000)));
  }

  /** `isReady` finds in what it prints that it is; what it gives is given on. */
  static async start<T>(
    { script, args = [], env = {}, profileTo }: Program,
    isPinned: boolean,
    isReady: (output: string) => T | undefined,
  ): Promise<{ process: SubjectProcess; ready: T }> {
    const profile = profileTo === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileTo}`];
    const node = [process.execPath, ...RELAY_FLAGS, '--expose-gc', ...profile, '--import', WITNESS, script, ...args];
    const [command = '', ...rest] = isPinned ? ['taskset', '-c', '0', ...node] : node;
    const child = spawn(command, rest, {
      env: { ...process.env, NODE_ENV: 'production', ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const subject = new SubjectProcess(child);
    const deadlineMs = performance.now() + READY_MS;
    for (;;) {
      const ready = isReady(subject.#output);
      if (ready !== undefined) return { process: subject, ready };
      if (child.exitCode !== null || performance.now() > deadlineMs) {
        child.kill('SIGKILL');
        throw new Error(`${script} did not come up:\n${subject.#output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async usage(question: 'usage' | 'heap' = 'usage'): Promise<Usage> {
    this.#child.send(question);
    const [usage] = await once(this.#child, 'message', { signal: this.#over.signal });
    // The witness is ours, and says nothing else.
    return usage as Usage;
  }

  /** Politely, so that a profile is written; then not. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 5_000);
    await exited;
    clearTimeout(timer);
  }
}

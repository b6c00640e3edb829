import { spawn, type ChildProcess } from 'node:child_process';
import type { Clock } from '#kernel/clock';
import type { Logger } from '#kernel/logger';
import type { Upstream } from '../upstream.ts';
import { LogTail } from './log-tail.ts';
import { Restarts } from './restarts.ts';
import { secretsOf } from './secrets.ts';

/** Loading the weights of a large model takes minutes. */
const READY_MS = 600_000;
const LOOK_EVERY_MS = 1_000;
/** Between asking a process to end and ending it. */
const GRACE_MS = 5_000;

export interface ProcessOptions {
  /** Program and arguments; no shell sees them. */
  command: readonly string[];
  cwd?: string | undefined;
  /** Added to the relay's own environment. */
  env?: Readonly<Record<string, string>> | undefined;
  /** It must answer its health check within this, or is started again. */
  readyMs?: number | undefined;
}

export interface SupervisorOptions {
  name: string;
  process: ProcessOptions;
  /** The server it is to become. */
  upstream: Upstream;
  clock: Clock;
  logger: Logger;
}

export interface ProcessReport {
  state: 'starting' | 'up' | 'waiting' | 'failed' | 'stopped';
  restarts: number;
  pid?: number;
  /** How it ended the last time: exit code or signal. */
  lastExit?: string;
  log: readonly string[];
}

/** Runs one inference server as a child: starts it, waits until it answers, starts it again a few times if it ends. */
export class Supervisor {
  readonly name: string;
  readonly #options: SupervisorOptions;
  readonly #tail: LogTail;
  readonly #restarts = new Restarts();
  readonly #stopped = new AbortController();
  #state: ProcessReport['state'] = 'stopped';
  #child: ChildProcess | undefined;
  #lastExit: string | undefined;
  #upSinceMs: number | undefined;
  #cancel: () => void = () => {};
  #announce: () => void = () => {};

  constructor(options: SupervisorOptions) {
    const { command, env = {} } = options.process;
    this.name = options.name;
    this.#options = options;
    this.#tail = new LogTail(secretsOf(command, { ...process.env, ...env }));
  }

  /** Called each time the server has begun to answer. */
  onUp(listener: () => void): void {
    this.#announce = listener;
  }

  start(): void {
    if (this.#stopped.signal.aborted) return;
    const { name, process: own, clock, logger } = this.#options;
    const [program = '', ...args] = own.command;
    this.#state = 'starting';
    this.#upSinceMs = undefined;
    const child = spawn(program, args, {
      ...{ shell: false, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...own.env } },
      ...(own.cwd !== undefined && { cwd: own.cwd }),
    });
    this.#child = child;
    // Whatever ends the relay without asking: no model server is left holding the GPU.
    const kill = () => void child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('close', () => process.off('exit', kill));
    logger.info('process.started', { server: name, pid: child.pid });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => this.#tail.push(text));
    }
    child.once('error', (error) => this.#tail.push(`${error.message}\n`));
    child.once('close', (code, signal) => this.#ended(child, String(signal ?? code)));
    this.#await(child, clock.nowMs() + (own.readyMs ?? READY_MS));
  }

  /** Ends the process, politely at first; resolves when it is gone. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#cancel();
    const child = this.#child;
    this.#state = 'stopped';
    if (child) await this.#end(child);
  }

  report(): ProcessReport {
    const pid = this.#child?.pid;
    return {
      state: this.#state,
      restarts: this.#restarts.count,
      ...(pid !== undefined && { pid }),
      ...(this.#lastExit !== undefined && { lastExit: this.#lastExit }),
      log: this.#tail.lines,
    };
  }

  #await(child: ChildProcess, deadlineMs: number): void {
    const { upstream, clock, logger, name } = this.#options;
    const look = async (): Promise<void> => {
      const { state } = await upstream.check(this.#stopped.signal);
      if (this.#child !== child || this.#stopped.signal.aborted) return;
      if (state === 'up') {
        this.#state = 'up';
        this.#upSinceMs = clock.nowMs();
        logger.info('process.up', { server: name, pid: child.pid });
        return this.#announce();
      }
      // Its end is what starts it again.
      if (clock.nowMs() > deadlineMs) return this.#end(child);
      this.#cancel = clock.after(LOOK_EVERY_MS, () => void look());
    };
    this.#cancel = clock.after(LOOK_EVERY_MS, () => void look());
  }

  #ended(child: ChildProcess, how: string): void {
    if (this.#child !== child) return;
    const { clock, logger, name } = this.#options;
    this.#cancel();
    this.#child = undefined;
    this.#lastExit = how;
    if (this.#stopped.signal.aborted) return;
    const delayMs = this.#restarts.next(this.#upSinceMs === undefined ? 0 : clock.nowMs() - this.#upSinceMs);
    logger.warn('process.ended', { server: name, exit: how, restartInMs: delayMs });
    this.#state = delayMs === undefined ? 'failed' : 'waiting';
    if (delayMs !== undefined) this.#cancel = clock.after(delayMs, () => this.start());
  }

  async #end(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
    child.kill('SIGTERM');
    const cancel = this.#options.clock.after(GRACE_MS, () => child.kill('SIGKILL'));
    await gone;
    cancel();
  }
}

import { systemClock } from '#kernel/clock';
import type { Result } from '#kernel/result';
import { DASHSCOPE_SESSION_CAP_MS, dashScopeFamilyOf, type DashScopeFamily } from '#models/registry/dashscope';
import { LIMITS } from '#protocol';
import { exchange } from '../http-client/exchange.ts';
import { Patience, UPSTREAM_TIMEOUTS, type UpstreamTimeouts } from '../http-client/patience.ts';
import { PcmReader } from '../pcm/pcm-reader.ts';
import type { ContextItem, ReplyEvent, Upstream, UpstreamHealth, UpstreamProblem, UpstreamTurn } from '../upstream.ts';
import { toSocketUrl } from './address.ts';
import { Call } from './call.ts';
import { Keeper, type KeeperOptions } from './keeper.ts';
import { openLine, receive, type Line, type LineOptions } from './line.ts';
import { RealtimeSocket } from './realtime-socket.ts';

export interface OmniRealtimeOptions extends Partial<KeeperOptions> {
  /** `wss://dashscope.aliyuncs.com/api-ws/v1/realtime` and the like; `http` means `ws`. */
  url: string;
  model: string;
  apiKey?: string;
  /** Which model writes down what the user says; DashScope's own unless set, elsewhere none. */
  transcriptionModel?: string;
  sessionCapMs?: number;
  timeouts?: Partial<UpstreamTimeouts>;
}

/** A line, and what is to be said on it. */
interface Asked {
  line: Line;
  news: readonly ContextItem[];
}

const IDLE_MS = 5 * 60_000;
/** DashScope allows 60 at a time by default; the rest is for calls. */
const MAX_LINES = 40;

/**
 * DashScope's realtime API and servers that speak it or OpenAI's, as a client. Such a server keeps the history of a
 * session itself, so a conversation goes on on its socket for as long as that history is what the user has heard.
 * After an interruption, a resume or a change of settings, and before the session's end, a new socket is told what was
 * said: as items where the server takes them, as instructions where not. We decide when a turn ends.
 */
export class OmniRealtime implements Upstream {
  readonly name = 'omni-realtime';
  readonly model: string;
  readonly #headers: Record<string, string>;
  readonly #timeouts: UpstreamTimeouts;
  readonly #line: LineOptions;
  readonly #keeper: Keeper;
  readonly #sockets = new Set<RealtimeSocket>();
  /** Once an answer has shown a rate that is not its family's. */
  #noticedRateHz: number | undefined;

  constructor(options: OmniRealtimeOptions) {
    const { model, apiKey, clock = systemClock, sessionCapMs = DASHSCOPE_SESSION_CAP_MS, timeouts } = options;
    this.model = model;
    this.#headers = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
    this.#timeouts = { ...UPSTREAM_TIMEOUTS, ...timeouts };
    const family = dashScopeFamilyOf(model);
    const transcriptionModel = options.transcriptionModel ?? family?.transcriptionModel;
    const url = toSocketUrl(options.url, model);
    this.#line = { url, facts: { model, family, transcriptionModel }, clock, sessionCapMs };
    this.#keeper = new Keeper({ clock, idleMs: options.idleMs ?? IDLE_MS, maxLines: options.maxLines ?? MAX_LINES });
  }

  /** May change after an answer failed because its audio stated another rate: read it before each attempt. */
  get outputRateHz(): number {
    return this.#noticedRateHz ?? this.#family?.outputRateHz ?? LIMITS.outputRateHz;
  }

  get voices(): readonly string[] {
    return this.#family?.voices ?? [];
  }

  get #family(): DashScopeFamily | undefined {
    return this.#line.facts.family;
  }

  respond(turn: UpstreamTurn, signal: AbortSignal): AsyncGenerator<ReplyEvent, void> {
    return exchange(this.#timeouts, signal, (patience, connection) => this.#converse(turn, patience, connection));
  }

  /** Opens a session and closes it: the only thing that also proves the key. */
  async check(signal: AbortSignal): Promise<UpstreamHealth> {
    if (signal.aborted) return { state: 'unknown' };
    const startedMs = performance.now();
    const socket = this.#connect();
    const interrupt = () => socket.interrupt();
    signal.addEventListener('abort', interrupt, { once: true });
    const patience = new Patience({ ...this.#timeouts, firstEventMs: this.#timeouts.checkMs }, interrupt);
    const first = await receive(socket, patience);
    signal.removeEventListener('abort', interrupt);
    socket.close();
    if (signal.aborted) return { state: 'unknown' };
    if (!first.ok) return { state: 'down', detail: `${first.problem.kind}: ${first.problem.detail ?? ''}` };
    if (first.value.kind !== 'created') return { state: 'down', detail: 'no session' };
    return { state: 'up', latencyMs: performance.now() - startedMs };
  }

  /** Ends the kept lines and running answers. */
  close(): void {
    this.#keeper.close();
    for (const socket of this.#sockets) socket.close();
  }

  async *#converse(
    turn: UpstreamTurn,
    patience: Patience,
    connection: AbortSignal,
  ): AsyncGenerator<ReplyEvent, UpstreamProblem | undefined> {
    const kept = this.#keeper.take(turn);
    if (kept) {
      const call = this.#call(kept);
      const problem = yield* this.#talk(call, turn, patience, connection);
      // It may have gone while it lay idle, unnoticed until now: nothing is lost by asking on a new one.
      if (problem?.kind !== 'upstream-unreachable' || call.hasSpoken || connection.aborted) return problem;
    }
    const opened = await this.#open(turn, patience, connection);
    if (!opened.ok) return opened.problem;
    return yield* this.#talk(this.#call(opened.value), turn, patience, connection);
  }

  async *#talk(
    call: Call,
    { conversation }: UpstreamTurn,
    patience: Patience,
    connection: AbortSignal,
  ): AsyncGenerator<ReplyEvent, UpstreamProblem | undefined> {
    const keep = (line: Line) =>
      conversation === undefined ? line.socket.close() : this.#keeper.keep(conversation, line);
    const leave = async () => {
      if (await call.cancel(this.#line.clock, conversation !== undefined)) keep(call.line);
    };
    const onAbort = () => void leave();
    connection.addEventListener('abort', onAbort, { once: true });
    try {
      const problem = yield* call.answer(patience);
      this.#noticedRateHz = call.noticedRateHz ?? this.#noticedRateHz;
      if (problem) await call.cancel(this.#line.clock, false);
      else if (call.end()) keep(call.line);
      else call.line.socket.close();
      return problem;
    } finally {
      connection.removeEventListener('abort', onAbort);
      void leave();
    }
  }

  async #open(
    turn: UpstreamTurn,
    patience: Patience,
    connection: AbortSignal,
  ): Promise<Result<Asked, UpstreamProblem>> {
    const socket = this.#connect();
    const close = () => socket.close();
    connection.addEventListener('abort', close, { once: true });
    const opened = await openLine(socket, this.#line, turn, patience);
    connection.removeEventListener('abort', close);
    if (!opened.ok) close();
    return opened;
  }

  #connect(): RealtimeSocket {
    const socket = new RealtimeSocket(this.#line.url, this.#headers, this.#timeouts.connectMs);
    this.#sockets.add(socket);
    socket.onGone = () => this.#sockets.delete(socket);
    return socket;
  }

  #call({ line, news }: Asked): Call {
    return new Call(line, news, new PcmReader(this.outputRateHz), this.#timeouts);
  }
}

export const createOmniRealtime = (options: OmniRealtimeOptions): OmniRealtime => new OmniRealtime(options);

import type { Clock } from '#kernel/clock';
import type { Logger } from '#kernel/logger';
import type { ServerMessage, Settings } from '#protocol';
import type { Upstream, UpstreamProblem } from '../upstream/upstream.ts';
import { Attempt, type Outcome } from './attempt.ts';
import type { Budgets } from './budgets.ts';
import { toInstructions } from './instructions.ts';
import { ConversationLanguages } from './language/conversation-languages.ts';
import type { Memory } from './memory.ts';
import type { Turn } from './turn.ts';

/** Before the first answer has been timed. */
const FIRST_GUESS_MS = 4_000;
/** Weight of the newest answer in the running mean. */
const LEARNING_RATE = 0.3;

export interface AnswersOptions {
  conversation: string;
  upstream: Upstream;
  clock: Clock;
  logger: Logger;
  budgets: Budgets;
  memory: Memory;
  settings(): Settings;
  send(message: ServerMessage): void;
  /** An answer has begun: hand it to the connection, if there is one. */
  deliver(turn: Turn): void;
  /** An attempt was given up, and the next one is under way: whoever listens is to start anew with it. */
  onRestarted(turn: Turn): void;
  /** An attempt failed: its turn is kept for another one. */
  onFailed(turn: Turn): void;
}

/** Gives one answer at a time, in the order of the commits, and tells those who wait. */
export class Answers {
  readonly #options: AnswersOptions;
  readonly #languages = new ConversationLanguages();
  readonly #waiting: Turn[] = [];
  #running: Turn | undefined;
  #meanMs = FIRST_GUESS_MS;

  constructor(options: AnswersOptions) {
    this.#options = options;
  }

  get areIdle(): boolean {
    return !this.#running && this.#waiting.length === 0;
  }

  /** Answers the turn now, or when those before it are done. Its attempt number is already given. */
  add(turn: Turn): void {
    turn.phase = 'waiting';
    turn.askedAttempt = turn.attempt;
    turn.acceptedAtMs = this.#options.clock.nowMs();
    this.#waiting.push(turn);
    this.#goOn();
  }

  /** Stops answering the turn, whether it runs or waits. */
  remove(turn: Turn): void {
    turn.reply?.abort();
    const at = this.#waiting.indexOf(turn);
    if (at >= 0) this.#waiting.splice(at, 1);
    const wasRunning = this.#running === turn;
    if (wasRunning) this.#running = undefined;
    if (wasRunning || at >= 0) this.#goOn();
  }

  /** Stops everything; nothing starts in its place. */
  stop(): void {
    this.#waiting.length = 0;
    this.#running?.reply?.abort();
    this.#running = undefined;
  }

  /** The answer so far is what the memory holds of it. */
  remember(turn: Turn): void {
    if (!turn.reply) return;
    const { text, samples, transcript } = turn.reply.log;
    this.#options.memory.answer(turn.utterance, { attempt: turn.attempt, text, samples }, transcript);
  }

  #goOn(): void {
    if (!this.#running) {
      this.#running = this.#waiting.shift();
      if (this.#running) this.#start(this.#running);
    }
    this.#waiting.forEach(({ utterance }, i) => {
      this.#options.send({ type: 'queued', utterance, position: i + 1, etaMs: Math.round((i + 1) * this.#meanMs) });
    });
  }

  #start(turn: Turn): void {
    const { upstream, clock, budgets, logger, memory, conversation } = this.#options;
    const { utterance, attempt, acceptedAtMs } = turn;
    const settings = this.#options.settings();
    const audio = turn.assembly.audio();
    turn.phase = 'running';
    turn.reply = new Attempt({
      ...{ utterance, attempt, upstream, clock, budgets, acceptedAtMs },
      languages: this.#languages.of({ utterance, settings, audio }),
      onQueued: (position, etaMs) => this.#options.send({ type: 'queued', utterance, position, etaMs }),
      onEnd: (outcome) => this.#ended(turn, outcome),
    });
    this.#options.deliver(turn);
    logger.debug('answer.started', { conversation, utterance, attempt });
    turn.reply.start({
      settings: { ...settings, systemPrompt: toInstructions(settings) },
      // An interpreter that remembers takes up what was said before instead of translating what is said now.
      items: [...(settings.translation ? [] : memory.contextOf(utterance)), { kind: 'user', audio }],
      conversation,
    });
  }

  #ended(turn: Turn, outcome: Outcome): void {
    const { utterance, attempt } = turn;
    const { clock, logger, conversation } = this.#options;
    const tookMs = Math.round(clock.nowMs() - turn.acceptedAtMs);
    if (outcome.kind === 'failed' && this.#mayRestart(turn, outcome.problem)) return this.#restart(turn, tookMs);
    this.#running = undefined;
    if (outcome.kind === 'done') {
      turn.phase = 'done';
      this.#meanMs += LEARNING_RATE * (tookMs - this.#meanMs);
      this.remember(turn);
      logger.debug('answer.done', { conversation, utterance, attempt, tookMs });
    } else {
      const { kind: code, retry, retryAfterMs } = outcome.problem;
      const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
      this.#options.send({ type: 'error', code, retry, message: 'the answer failed', utterance, attempt, ...wait });
      logger.warn('answer.failed', { conversation, utterance, attempt, tookMs, code });
      this.#options.onFailed(turn);
    }
    this.#goOn();
  }

  /**
   * An answer that broke off after it had begun is asked for once more, as a new attempt: what was heard of the old one
   * is never continued. Before it had begun the upstream itself has tried what there was to try.
   */
  #mayRestart(turn: Turn, problem: UpstreamProblem): boolean {
    const isFirst = turn.attempt === turn.askedAttempt;
    const isWorthIt = problem.retry === 'now' && turn.reply?.hasBegun === true;
    return isFirst && isWorthIt && turn.attempt < this.#options.budgets.maxAttempts;
  }

  #restart(turn: Turn, tookMs: number): void {
    const { logger, conversation } = this.#options;
    // Should it be interrupted before the new attempt is heard, this is what was heard.
    this.remember(turn);
    logger.warn('answer.restarted', { conversation, utterance: turn.utterance, attempt: turn.attempt, tookMs });
    turn.attempt++;
    this.#options.onRestarted(turn);
    this.#start(turn);
  }
}

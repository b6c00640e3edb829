import { randomBytes } from 'node:crypto';
import { newId } from '#kernel/ids';
import { failed, messageOf, ok, type Result } from '#kernel/result';
import { AnswerWatch } from './answer-watch.ts';
import { ConversationItems } from './conversation-items.ts';
import type { LiveEvent } from './live-event.ts';
import type { LiveItem, MessageItem } from './live-item.ts';
import { liveProblem, type LiveProblem } from './live-problem.ts';
import type { LiveListener, LiveSession, LiveSessionOptions } from './live-session.ts';
import type { LiveSettings, ResponseRequest } from './live-settings.ts';
import { toLiveItem, type NewItem } from './new-item.ts';
import { Playout } from './playout.ts';
import { Responses } from './responses.ts';
import { SpokenInput, type SpokenTurn } from './spoken-input.ts';
import { Transcripts } from './transcripts.ts';

/** A playback position a client tells may lie this far behind the last sample by rounding alone. */
const ROUNDING_MS = 1;

export const createLiveSession = (options: LiveSessionOptions): LiveSession => new Live(options);

class Live implements LiveSession {
  /** Unguessable: it is what proves the right to come back to it. */
  readonly id = `sess_${randomBytes(18).toString('base64url')}`;
  readonly #options: LiveSessionOptions;
  readonly #items: ConversationItems;
  readonly #playout: Playout;
  readonly #responses: Responses;
  readonly #input: SpokenInput;
  readonly #transcripts: Transcripts;
  readonly #watch: AnswerWatch;
  #settings: LiveSettings;
  #listener: LiveListener | undefined;

  constructor(options: LiveSessionOptions) {
    const { upstream, ears, clock, settings, recogniser } = options;
    this.#options = options;
    this.#settings = settings;
    this.#playout = new Playout(clock);
    const tell = (event: LiveEvent) => this.#tell(event);
    this.#items = new ConversationItems((itemId) => tell({ kind: 'item-deleted', itemId }));
    this.#transcripts = new Transcripts({ ...(recogniser && { recogniser }), items: this.#items, tell });
    this.#responses = new Responses({
      ...{ conversation: newId(), upstream, clock, items: this.#items, playout: this.#playout, tell },
      settings: () => this.#settings,
      drained: () => this.#listener?.drained(),
      convert: (pcm) => this.#convert(pcm),
      onTranscript: (itemId, text, language) => {
        this.#transcripts.told(itemId, text, language, this.#settings.transcription !== undefined);
      },
      onChange: () => this.#watch.changed(),
    });
    this.#input = new SpokenInput({
      ...{ clock, ears, settings, tell },
      responses: this.#responses,
      convert: (pcm) => this.#convert(pcm),
      onStarted: () => this.#watch.stir(),
      onTurn: (turn) => this.#take(turn),
    });
    this.#watch = new AnswerWatch({
      ...{ clock, playout: this.#playout },
      isActive: () => this.#responses.isActive,
      onAnswering: (isAnswering) => this.#input.setAnswering(isAnswering),
      idleAfterMs: () => idleTimeoutOf(this.#settings),
      onIdle: (idleMs) => this.#input.idle(idleMs),
    });
  }

  get settings(): LiveSettings {
    return this.#settings;
  }

  get items(): readonly LiveItem[] {
    return this.#items.all;
  }

  get isAnswering(): boolean {
    return this.#responses.isGiving;
  }

  attach(listener: LiveListener): void {
    const before = this.#listener;
    // What is being said was meant for whoever listened: the next one would hear it without its beginning.
    if (before) this.detach(before);
    before?.ended();
    this.#listener = listener;
  }

  detach(listener: LiveListener): void {
    if (this.#listener !== listener) return;
    this.#listener = undefined;
    this.#stop();
  }

  configure(settings: LiveSettings): void {
    this.#settings = settings;
    this.#watch.stir();
    this.#input.configure(settings);
  }

  append(pcm: Uint8Array): LiveProblem | undefined {
    return this.#input.append(pcm);
  }

  commit(): LiveProblem | undefined {
    return this.#input.commit();
  }

  clear(): void {
    this.#input.clear();
    this.#tell({ kind: 'cleared' });
  }

  addItem(made: NewItem, after?: string): Result<LiveItem, LiveProblem> {
    if (made.id !== undefined && this.#items.get(made.id)) return failed(liveProblem('item-exists'));
    if (made.kind === 'tool-result' && !this.#items.hasCall(made.callId)) return failed(liveProblem('call-unknown'));
    const { item, ...hidden } = toLiveItem(made, (pcm) => this.#convert(pcm));
    const place = this.#items.add(item, hidden, after);
    if (!place) return failed(liveProblem('item-unknown'));
    this.#watch.stir();
    this.#tell({ kind: 'item-added', item, ...place });
    this.#tell({ kind: 'item-done', item, ...place });
    return ok(item);
  }

  deleteItem(id: string): LiveProblem | undefined {
    if (!this.#items.delete(id)) return liveProblem('item-unknown');
    this.#tell({ kind: 'item-deleted', itemId: id });
    return undefined;
  }

  truncateItem(id: string, audioEndMs: number): LiveProblem | undefined {
    const entry = this.#items.get(id);
    if (!entry) return liveProblem('item-unknown');
    if (!entry.spoken) return liveProblem('not-spoken');
    if (audioEndMs > entry.spoken.durationMs + ROUNDING_MS) return liveProblem('beyond-audio');
    this.#items.truncate(id, audioEndMs);
    if (this.#playout.unheard.some(({ itemId }) => itemId === id)) {
      this.#playout.stop();
      this.#watch.changed();
    }
    this.#tell({ kind: 'item-truncated', itemId: id, contentIndex: 0, audioEndMs });
    return undefined;
  }

  respond(request?: ResponseRequest): LiveProblem | undefined {
    this.#watch.stir();
    return this.#responses.respond(request);
  }

  cancel(responseId?: string): LiveProblem | undefined {
    return this.#responses.cancel(responseId);
  }

  hush(): void {
    this.#responses.hush();
  }

  close(): void {
    const listener = this.#listener;
    this.#listener = undefined;
    this.#stop();
    listener?.ended();
  }

  #stop(): void {
    this.#responses.stopAll();
    this.#input.close();
    this.#transcripts.stop();
    this.#watch.stop();
  }

  #tell(event: LiveEvent): void {
    const listener = this.#listener;
    try {
      listener?.tell(event);
    } catch (thrown) {
      // Events come from promises nobody waits for: a bug of a dialect's must end its connection and nothing else.
      this.#options.logger.error('live.bug', { event: event.kind, reason: messageOf(thrown) });
      if (!listener) return;
      this.detach(listener);
      listener.ended();
    }
  }

  #convert(pcm: Uint8Array): Promise<Uint8Array> {
    const converted = this.#options.ears.toModelRate(pcm, this.#settings.inputRateHz);
    // Whoever needs the sound is told of a failure; that nobody ever asks for it must not end the process.
    converted.catch(() => {});
    return converted;
  }

  /** What was said becomes part of the conversation, and is answered if that is what turns are for. */
  #take({ itemId, sound, durationMs, reply, toldAs, isAnswered }: SpokenTurn): void {
    this.#watch.stir();
    const item: MessageItem = {
      ...{ kind: 'message', id: itemId, status: 'completed', role: 'user' },
      content: [{ kind: 'audio', transcript: null }],
    };
    const place = this.#items.add(item, { sound, soundMs: durationMs, ...(toldAs && { toldAs }) });
    const previousItemId = place?.previousItemId ?? null;
    this.#tell({ kind: 'committed', itemId, previousItemId });
    this.#tell({ kind: 'item-added', item, previousItemId });
    this.#tell({ kind: 'item-done', item, previousItemId });
    const { transcription } = this.#settings;
    if (transcription && toldAs === undefined) this.#transcripts.ask(itemId, sound, durationMs, transcription);
    if (isAnswered) this.#responses.respondNext(reply);
  }
}

function idleTimeoutOf({ turnDetection }: LiveSettings): number | undefined {
  return turnDetection?.type === 'server-vad' ? turnDetection.idleTimeoutMs : undefined;
}

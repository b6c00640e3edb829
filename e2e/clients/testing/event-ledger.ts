import { toSamples } from '../../audio/wav.ts';
import { EVENT_NAMES, isForeign, type EventNames, type Vocabulary } from './event-names.ts';
import { parseServerEvent, type ServerEvent, type ServerItem, type ServerResponse } from './server-event.ts';

/** What came from the far end is waited for at most this long; nearly all of it is there within milliseconds. */
const PATIENCE_MS = 25_000;

/** Everything a server sent to one client, in order, and what is wrong with it. */
export class EventLedger {
  readonly events: ServerEvent[] = [];
  /** What the client itself complained of, and what is no event at all. */
  readonly complaints: string[] = [];
  readonly vocabulary: Vocabulary;
  readonly names: EventNames;
  readonly #waiting = new Set<() => void>();

  constructor(vocabulary: Vocabulary) {
    this.vocabulary = vocabulary;
    this.names = EVENT_NAMES[vocabulary];
  }

  record(event: unknown): ServerEvent | undefined {
    try {
      const parsed = parseServerEvent(event);
      this.events.push(parsed);
      return parsed;
    } catch (error) {
      this.complain(`${error instanceof Error ? error.message : error} in ${JSON.stringify(event).slice(0, 300)}`);
      return undefined;
    } finally {
      for (const wake of this.#waiting) wake();
      this.#waiting.clear();
    }
  }

  complain(complaint: string): void {
    this.complaints.push(complaint);
  }

  of(type: string): ServerEvent[] {
    return this.events.filter((event) => event.type === type);
  }

  /** Responses as they ended, in that order. */
  get responses(): ServerResponse[] {
    return this.of('response.done').flatMap(({ response }) => response ?? []);
  }

  /** Items as the server last told of them, in the order of their first mention. */
  get items(): ServerItem[] {
    const items = new Map<string, ServerItem>();
    for (const { item } of this.events) if (item) items.set(item.id, item);
    return [...items.values()];
  }

  /** The `nth` event of a type, waited for. */
  async next(type: string, nth = 1): Promise<ServerEvent> {
    await this.until(() => this.of(type).length >= nth, `${type} number ${nth}`);
    return this.of(type)[nth - 1]!;
  }

  /** The `nth` end of a response, waited for. */
  async done(nth: number): Promise<ServerResponse> {
    const { response } = await this.next('response.done', nth);
    if (!response) throw new Error('a response.done without its response');
    return response;
  }

  async until(isSo: () => boolean, what = 'it'): Promise<void> {
    const deadlineMs = performance.now() + PATIENCE_MS;
    while (!isSo()) {
      if (performance.now() > deadlineMs) throw new Error(`waited in vain for ${what}; heard:\n${this.summary()}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 20);
        this.#waiting.add(() => (clearTimeout(timer), resolve()));
      });
    }
  }

  /** Samples of an item's speech, at the wire's rate; throws where a piece ends in the middle of a sample. */
  speechOf(itemId: string): Int16Array<ArrayBuffer> {
    const pieces = this.of(this.names.audioDelta).filter((event) => event.item_id === itemId);
    const bytes = pieces.map(({ delta = '' }) => Buffer.from(delta, 'base64'));
    for (const { length } of bytes) if (length % 2 !== 0) throw new Error(`a piece of ${length} bytes`);
    return toSamples(Buffer.concat(bytes));
  }

  /** Words of an item as they were streamed, spoken or written. */
  wordsOf(itemId: string): string {
    const { wordsDelta, textDelta } = this.names;
    const deltas = this.events.filter(({ type, item_id }) => {
      return item_id === itemId && (type === wordsDelta || type === textDelta);
    });
    return deltas.map(({ delta = '' }) => delta).join('');
  }

  /** Everything that a well-behaved server never does; empty if it behaved. */
  faults(): string[] {
    const ids = this.events.map(({ event_id }) => event_id);
    const repeated = ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `event id ${id} came twice`);
    const foreign = this.events
      .filter(({ type }) => isForeign(type, this.vocabulary))
      .map(({ type }) => `${type} is not a name of ${this.vocabulary}`);
    const errors = this.of('error').map(({ error }) => `error ${error?.code}: ${error?.message}`);
    return [...this.complaints, ...errors, ...repeated, ...foreign, ...this.#unequalResponses()];
  }

  /** Types in order, runs of the same one as a count. */
  summary(): string {
    const runs: { type: string; count: number }[] = [];
    for (const { type } of this.events) {
      const last = runs.at(-1);
      if (last?.type === type) last.count++;
      else runs.push({ type, count: 1 });
    }
    return [...runs.map(({ type, count }) => (count > 1 ? `${type} ×${count}` : type)), ...this.complaints].join('\n');
  }

  #unequalResponses(): string[] {
    const faults: string[] = [];
    const open = new Set<string>();
    const ended = new Set<string>();
    for (const { type, response } of this.events) {
      const id = response?.id ?? '';
      if (type === 'response.created') open.add(id);
      if (type !== 'response.done') continue;
      if (ended.has(id)) faults.push(`response ${id} ended twice`);
      else if (!open.delete(id)) faults.push(`response ${id} ended before it began`);
      ended.add(id);
    }
    return [...faults, ...[...open].map((id) => `response ${id} never ended`)];
  }
}

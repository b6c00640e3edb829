import type { LinkEvent, LinkState } from '../../conversation/ports.ts';
import { createRelayLink, type NudgeableRelayLink } from '../relay-link.ts';
import type { FetchTicket } from '../transport.ts';
import { ModelRelay, type ModelRelayOptions } from './model-relay.ts';
import { FakeNetwork, type Serve } from './socket-pair.ts';
import { VirtualClock } from '#kernel/clock';
import { silentLogger } from '#kernel/logger';
import { ok } from '#kernel/result';
import type { HistoryTurn } from '#protocol';

/** Lets promises that are already settled run on; tickets and sockets open that way. */
export const settle = async (): Promise<void> => {
  for (let i = 0; i < 12; i++) await Promise.resolve();
};

export const ticketOffice: FetchTicket = () => Promise.resolve(ok({ id: 's', ticket: 't', expiresInMs: 30_000 }));

export interface BenchOptions {
  fetchTicket?: FetchTicket;
  serve?: Serve;
  random?: () => number;
  history?: HistoryTurn[];
  historyAudio?: (utterance: string) => Promise<Uint8Array<ArrayBuffer> | undefined>;
  relay?: ModelRelayOptions;
}

/** A link, a network and a relay on one virtual clock. */
export class LinkBench {
  readonly clock = new VirtualClock();
  readonly relay: ModelRelay;
  readonly network: FakeNetwork;
  readonly link: NudgeableRelayLink;
  readonly states: LinkState[] = [];
  readonly events: LinkEvent[] = [];
  readonly #options: BenchOptions;

  /** `relay`: one that has served an earlier bench, as after a reload of the page. */
  constructor(options: BenchOptions = {}, relay = new ModelRelay(options.relay)) {
    this.#options = options;
    this.relay = relay;
    this.network = new FakeNetwork(options.serve ?? this.relay.serve);
    this.link = createRelayLink({
      fetchTicket: options.fetchTicket ?? ticketOffice,
      openSocket: this.network.openSocket,
      clock: this.clock,
      random: options.random ?? (() => 0.5),
      logger: silentLogger,
    });
    this.link.onState((state) => this.states.push(state));
    this.link.onEvent((event) => this.events.push(event));
  }

  get state(): LinkState | undefined {
    return this.states.at(-1);
  }

  open(): Promise<void> {
    const { history = [], historyAudio = () => Promise.resolve(undefined) } = this.#options;
    this.link.open({ conversation: 'c', fence: 1, settings: {}, history: () => history, historyAudio });
    return this.run();
  }

  /** Everything under way arrives, both ways, until nothing more is said. */
  async run(): Promise<void> {
    do await settle();
    while (this.network.flushUp() + this.network.flushDown() > 0);
  }

  async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    await this.run();
  }

  /** Lets the relay answer to the end. */
  async answer(): Promise<void> {
    while (this.relay.produce()) await this.run();
  }
}

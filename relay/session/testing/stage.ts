import { VirtualClock } from '#kernel/clock';
import { silentLogger } from '#kernel/logger';
import { LIMITS, type AudioFrame, type ClientMessageOf } from '#protocol';
import type { Budgets } from '../budgets.ts';
import { Conversation, type TurnMessage } from '../conversation.ts';
import type { Fault } from '../fault.ts';
import { RecordingPeer } from './recording-peer.ts';
import { ScriptedUpstream } from './scripted-upstream.ts';
import { hello, settle, type Speaker } from './speaker.ts';

/** One conversation with a connection attached, on a virtual clock, before a scripted upstream. */
export class Stage {
  readonly clock = new VirtualClock();
  readonly upstream = new ScriptedUpstream();
  readonly conversation: Conversation;
  /** The connection attached last. */
  peer: RecordingPeer;

  constructor(changes: Partial<Budgets> = {}) {
    const { clock, upstream } = this;
    const budgets = { ...LIMITS, ...changes };
    this.conversation = new Conversation({ id: 'c1', upstream, clock, logger: silentLogger, budgets });
    this.peer = this.attach();
  }

  attach(changes: Partial<ClientMessageOf<'hello'>> = {}): RecordingPeer {
    this.peer = new RecordingPeer();
    this.conversation.attach(this.peer, hello(changes), 's1', true);
    return this.peer;
  }

  detach(): void {
    this.conversation.detach(this.peer);
  }

  receive(message: TurnMessage): Fault | undefined {
    return this.conversation.receive(message);
  }

  receiveAudio(frame: AudioFrame): Fault | undefined {
    return this.conversation.receiveAudio(frame);
  }

  /** Begins and sends the frames from `from` up to `to`; none may be refused. */
  speak(speaker: Speaker, from = 0, to = speaker.frames): void {
    mustBeTaken(this.receive(speaker.begin()));
    for (let n = from; n < to; n++) mustBeTaken(this.receiveAudio(speaker.frame(n)));
  }

  async ask(speaker: Speaker, after = 0): Promise<void> {
    this.speak(speaker);
    mustBeTaken(this.receive(speaker.commit(after)));
    await settle();
  }
}

function mustBeTaken(fault: Fault | undefined): void {
  if (fault) throw new Error(`refused: ${fault.kind} ${fault.detail ?? ''}`);
}

import type { ConversationEvent, EventOf, EventType } from './events.ts';
import type { ConversationState, In, TurnName } from './state.ts';
import * as call from './turns/call.ts';
import * as hearing from './turns/hearing.ts';
import * as listening from './turns/listening.ts';
import { stay, type Step } from './turns/outcome.ts';
import * as replies from './turns/replies.ts';
import * as speaking from './turns/speaking.ts';
import * as thinking from './turns/thinking.ts';

type Row<N extends TurnName> = { [E in EventType]?: (state: In<N>, event: EventOf<E>) => Step };
type Table = { [N in TurnName]: Row<N> };

/** The whole machine at a glance: in which turn state which event does what. What is not here changes nothing. */
const TABLE: Table = {
  idle: {
    'user.start': call.start,
  },
  listening: {
    heard: listening.heardWhileListening,
    'user.talk': listening.talkWhileListening,
    'user.retry': listening.restoreUtterance,
    'utterance.found': listening.restoreUtterance,
    'timer.fired': call.nobodySpoke,
  },
  hearing: {
    heard: hearing.heardWhileHearing,
    'user.talk': hearing.talkWhileHearing,
  },
  settling: {
    heard: hearing.heardWhileSettling,
    'user.talk': hearing.talkWhileHearing,
    'turn.judged': hearing.judgedWhileSettling,
    'reply.accepted': replies.accepted,
    'reply.queued': replies.queued,
    'reply.part': replies.part,
    'reply.audio': replies.audio,
    'reply.final': replies.finalWhileSettling,
    'reply.failed': replies.failedWhileSettling,
  },
  thinking: {
    heard: thinking.heardWhileThinking,
    'user.talk': thinking.talkWhileThinking,
    'user.interrupt': thinking.interruptWhileThinking,
    'reply.accepted': replies.accepted,
    'reply.queued': replies.queued,
    'reply.part': replies.part,
    'reply.audio': thinking.audioWhileThinking,
    'reply.final': thinking.finalWhileThinking,
    'reply.failed': replies.failedWhileThinking,
    'timer.fired': replies.answerOverdue,
  },
  speaking: {
    heard: speaking.heardWhileSpeaking,
    'user.talk': speaking.talkWhileSpeaking,
    'user.interrupt': (state) => speaking.yieldTo(state, 'listening'),
    'reply.accepted': speaking.restartedWhileSpeaking,
    'reply.part': replies.part,
    'reply.audio': replies.audio,
    'reply.final': speaking.finalWhileSpeaking,
    'reply.failed': speaking.failedWhileSpeaking,
    'play.drained': speaking.drained,
    'interjection.understood': speaking.understoodWhileSpeaking,
  },
  ducked: {
    heard: speaking.heardWhileDucked,
    'user.talk': speaking.talkWhileSpeaking,
    'user.interrupt': speaking.interruptWhileDucked,
    'reply.accepted': speaking.restartedWhileSpeaking,
    'reply.part': replies.part,
    'reply.audio': replies.audio,
    'reply.final': speaking.finalWhileSpeaking,
    'reply.failed': speaking.failedWhileSpeaking,
    'play.drained': speaking.drained,
    'interjection.understood': speaking.understoodWhileSpeaking,
  },
  yielding: {
    heard: speaking.heardWhileYielding,
    'user.talk': speaking.talkWhileYielding,
    'play.stopped': speaking.stoppedWhileYielding,
  },
};

/** In every state, unless the row above says otherwise. */
const ANYTIME: { [E in EventType]?: (state: ConversationState, event: EventOf<E>) => Step } = {
  'user.start': call.startAgain,
  'user.stop': call.stop,
  'user.mute': call.mute,
  'mic.opened': call.micOpened,
  'ear.ready': call.earReady,
  'mic.refused': call.micRefused,
  'mic.lost': call.micLost,
  'link.changed': call.linkChanged,
  'echo.changed': call.echoChanged,
  'policy.changed': call.policyChanged,
};

export function transition(state: ConversationState, event: ConversationEvent): Step {
  // One cast for the whole table: each handler sits under the name of the state and the event it is written for.
  const row = TABLE[state.turn.name] as Record<string, Handler | undefined>;
  const handler = row[event.type] ?? (ANYTIME as Record<string, Handler | undefined>)[event.type];
  return handler ? handler(state, event) : stay(state);
}

type Handler = (state: ConversationState, event: ConversationEvent) => Step;

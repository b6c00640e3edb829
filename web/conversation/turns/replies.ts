import type { Command } from '../commands.ts';
import type { EventOf } from '../events.ts';
import type { LogFact } from '../log.ts';
import { NO_REPLY, type ConversationState, type In, type Reply } from '../state.ts';
import { become, finished, openFloor, stay, type Step } from './outcome.ts';

type Answering = In<'settling' | 'thinking' | 'speaking' | 'ducked'>;

/** The words of an answer are facts from the moment they arrive; when they may be shown is the log's business. */
export function part(state: Answering, event: EventOf<'reply.part'>): Step {
  const { turn } = state;
  if (event.part.kind === 'started' && 'queued' in turn.reply) {
    // Somebody answers: nobody is waiting in a queue any more.
    const { queued: _over, ...reply } = turn.reply;
    return told({ ...state, turn: { ...turn, reply } }, event);
  }
  // Taken at once: there is room again for what is sent on chance.
  if (event.part.kind === 'started') return told({ ...state, isUpstreamBusy: false }, event);
  return told(state, event);
}

function told(state: Answering, event: EventOf<'reply.part'>): Step {
  const fact = toFact(event);
  return { state, commands: fact ? [...stillComing(state), { type: 'log', fact }] : stillComing(state) };
}

/** A sign of life: patience with the answer begins anew. */
export const stillComing = ({ turn, policy }: ConversationState): Command[] =>
  turn.name === 'thinking' ? [{ type: 'timer.set', name: 'answer', ms: policy.answerTimeoutMs }] : [];

function toFact({ utterance, attempt, part }: EventOf<'reply.part'>): LogFact | undefined {
  switch (part.kind) {
    case 'started': {
      const { rateHz, upstream, model } = part;
      return { type: 'reply.started', utterance, attempt, rateHz, upstream, model };
    }
    case 'text':
      return { type: 'reply.text', utterance, attempt, text: part.text };
    case 'transcript':
      return {
        ...{ type: 'transcript', utterance, text: part.text },
        ...(part.language !== undefined && { language: part.language }),
        ...(part.isDoubtful && { isDoubtful: true }),
      };
    case 'audio-started':
      return undefined;
  }
}

export function accepted(state: In<'settling' | 'thinking'>, event: EventOf<'reply.accepted'>): Step {
  if (event.attempt <= state.turn.reply.attempt) return stay(state);
  return become(state, { ...state.turn, reply: { ...NO_REPLY, attempt: event.attempt } }, stillComing(state));
}

export function queued(state: In<'settling' | 'thinking'>, event: EventOf<'reply.queued'>): Step {
  const { position, etaMs } = event;
  return become(
    { ...state, isUpstreamBusy: true },
    { ...state.turn, reply: { ...state.turn.reply, queued: { position, etaMs } } },
    stillComing(state),
  );
}

/** More of the answer; while it is held or playing the machine only keeps its length. */
export function audio(state: In<'settling' | 'speaking' | 'ducked'>, event: EventOf<'reply.audio'>): Step {
  const reply: Reply = { ...state.turn.reply, hasAudio: true, samples: event.endSample };
  return become(state, { ...state.turn, reply });
}

export function finalWhileSettling(state: In<'settling'>, event: EventOf<'reply.final'>): Step {
  const reply: Reply = { ...state.turn.reply, isFinal: true, samples: event.samples };
  return become(state, { ...state.turn, reply }, [finished(event)]);
}

/** A bet lost to the upstream is no news to the speaker: it is sent again when the turn is certain. */
export function failedWhileSettling(state: In<'settling'>, event: EventOf<'reply.failed'>): Step {
  return become(state, { ...state.turn, reply: { ...state.turn.reply, problem: event.problem } });
}

export function failedWhileThinking(state: In<'thinking'>, event: EventOf<'reply.failed'>): Step {
  return fail(state, event.problem);
}

export function fail(state: In<'thinking'>, problem: EventOf<'reply.failed'>['problem']): Step {
  const { id } = state.turn;
  const commands: Command[] = [
    { type: 'timer.clear', name: 'answer' },
    { type: 'log', fact: { type: 'reply.failed', utterance: id, problem: problem.kind } },
    { type: 'utterance.release', utterance: id },
  ];
  const failedState: ConversationState = { ...state, problem };
  return openFloor(failedState, commands);
}

/** Patience has run out; but while the line is down the answer cannot come, and what was said is safe. */
export function answerOverdue(state: In<'thinking'>, event: EventOf<'timer.fired'>): Step {
  if (event.name !== 'answer') return stay(state);
  if (state.link === 'online') return fail(state, { kind: 'no-answer', retry: 'now' });
  return {
    state,
    commands: [{ type: 'timer.set', name: 'answer', ms: state.policy.answerTimeoutMs }],
  };
}

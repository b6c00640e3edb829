import type { WebSocket } from 'ws';
import type { Clock } from '#kernel/clock';
import type { Logger } from '#kernel/logger';
import type { LiveSessions } from '../../session/live/live-sessions.ts';
import type { Recogniser } from '../../upstream/speech.ts';
import type { Ears } from '../../vad/turn-detection.ts';
import { CLOSE_CODE } from '../live-socket.ts';
import { turnAway, type Dismissal } from '../turn-away.ts';
import { createEventIds } from '../realtime/event-ids.ts';
import { invalid, type ClientFault } from '../realtime/fault.ts';
import type { Relay } from '../realtime/relay.ts';
import { AsrDialogue } from './asr-dialogue.ts';
import { newAsrSession } from './asr-session.ts';
import { Connection } from './connection.ts';
import type { DialogueEnds } from './dialogue.ts';
import { toErrorEvent, writeEvent, type EventSender } from './event-sender.ts';
import { serviceOf } from './model-name.ts';
import { OmniDialogue } from './omni-dialogue.ts';
import { newOmniSession, toLiveSettings } from './omni-session.ts';

export interface DashScopeParts {
  sessions: LiveSessions;
  relay: Relay;
  /** For recognitions; without it there are none. */
  recogniser?: Recogniser;
  ears: Ears;
  clock: Clock;
  logger: Logger;
  /** Those that are open, for whoever ends them. */
  connections: Set<Connection>;
  /** A place for one more recognition, given back by calling it; undefined when there is none. */
  takePlace(): (() => void) | undefined;
}

/** A new socket gets what its model stands for, or an error event and the door. */
export function openDashScope(socket: WebSocket, model: string | undefined, parts: DashScopeParts): void {
  const service = model === undefined ? undefined : serviceOf(model, parts.relay);
  if (model === undefined || service === undefined) return turnAway(socket, dismissalFor('modelUnknown'), parts.logger);
  if (service === 'conversation') openConversation(socket, model, parts);
  else openRecognition(socket, model, parts);
}

function openConversation(socket: WebSocket, model: string, parts: DashScopeParts): void {
  const { sessions, relay, clock, logger } = parts;
  const session = newOmniSession(model);
  const live = sessions.create(toLiveSettings(session, relay), { dialect: 'dashscope', key: undefined });
  if (!live) return turnAway(socket, dismissalFor('full'), logger);
  keep(parts.connections, (forget) => {
    const createDialogue = (sender: EventSender, ends: DialogueEnds) =>
      new OmniDialogue({ live, session, relay, clock, sender, ...ends });
    const onClosed = () => (forget(), sessions.end(live));
    return new Connection(socket, { clock, logger, createDialogue, onClosed });
  });
}

function openRecognition(socket: WebSocket, model: string, parts: DashScopeParts): void {
  const { recogniser, ears, clock, logger, takePlace } = parts;
  if (!recogniser) return turnAway(socket, dismissalFor('noRecogniser'), logger);
  const giveBack = takePlace();
  if (!giveBack) return turnAway(socket, dismissalFor('full'), logger);
  const session = newAsrSession(model);
  keep(parts.connections, (forget) => {
    const createDialogue = (sender: EventSender, ends: DialogueEnds) =>
      new AsrDialogue({ session, recogniser, ears, clock, logger, sender, ...ends });
    const onClosed = () => (forget(), giveBack());
    return new Connection(socket, { clock, logger, createDialogue, onClosed });
  });
}

function keep(connections: Set<Connection>, open: (forget: () => void) => Connection): void {
  const connection = open(() => connections.delete(connection));
  connections.add(connection);
}

/** Why a client is shown the door, and under which number. */
const DOOR: Record<'modelUnknown' | 'noRecogniser' | 'full', { fault: ClientFault; code: number }> = {
  modelUnknown: {
    fault: invalid('model_not_found', 'This relay does not serve the model asked for.', 'model'),
    code: CLOSE_CODE.policyViolation,
  },
  noRecogniser: {
    fault: {
      ...{ type: 'server_error', code: 'recogniser_not_configured', param: 'model' },
      message: 'This relay has no recogniser; see its setting STT_SERVICE_URL.',
    },
    code: CLOSE_CODE.internalError,
  },
  full: {
    fault: { type: 'server_error', code: 'session_limit_reached', message: 'The relay holds too many sessions.' },
    code: CLOSE_CODE.tryAgainLater,
  },
};

function dismissalFor(reason: keyof typeof DOOR): Dismissal {
  const { fault, code: closeCode } = DOOR[reason];
  return { code: fault.code, told: writeEvent(toErrorEvent(fault), createEventIds()()), closeCode };
}

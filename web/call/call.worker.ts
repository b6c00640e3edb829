import { systemClock } from '#kernel/clock';
import { silentLogger } from '#kernel/logger';
import { createBrowserLink } from '../link/browser-socket.ts';
import { createEndOfTurnClient } from '../speech/end-of-turn-client.ts';
import { createVoiceActivity } from '../speech/voice-activity.ts';
import { createConversationStore } from '../storage/conversations.ts';
import { Database } from '../storage/database.ts';
import { createJournal } from '../storage/journal.ts';
import { IndexedDbJournalStore } from '../storage/journal-store.ts';
import { Call } from './call.ts';
import type { FromCall, ToCall } from './call.messages.ts';
import { createPhraseRecogniser } from './recognise.ts';

/** The call worker's shell: makes the parts, joins them, and passes messages. */
const { link } = createBrowserLink(silentLogger);
const database = new Database();
const call = new Call({
  clock: systemClock,
  journal: createJournal({ store: new IndexedDbJournalStore(database) }),
  store: createConversationStore(database),
  link,
  loadVoiceActivity: createVoiceActivity,
  connectEndOfTurn: (port) => createEndOfTurnClient(port),
  recognise: createPhraseRecogniser(),
  post: (message: FromCall) => postMessage(message),
});

// Work that fails in the background is a crash like any other: the page is told, and the call does not just hang.
addEventListener('unhandledrejection', (event) => reportError(event.reason));
addEventListener('message', (event: MessageEvent<ToCall>) => void call.handle(event.data));

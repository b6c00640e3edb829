import { systemClock } from '#kernel/clock';
import { silentLogger } from '#kernel/logger';
import { createBrowserLink } from '../link/browser-socket.ts';
import { createVoiceActivity } from '../speech/voice-activity.ts';
import { openStorage } from '../storage/storage.ts';
import { Call } from './call.ts';
import type { FromCall, ToCall } from './call.messages.ts';

/** The call worker's shell: makes the parts, joins them, and passes messages. */
const { link } = createBrowserLink(silentLogger);
const { journal, conversations } = openStorage();
const call = new Call({
  clock: systemClock,
  journal,
  store: conversations,
  link,
  loadVoiceActivity: createVoiceActivity,
  post: (message: FromCall) => postMessage(message),
});

addEventListener('message', (event: MessageEvent<ToCall>) => void call.handle(event.data));

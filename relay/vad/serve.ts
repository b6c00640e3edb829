import type { FromThread, ToThread } from './ears.messages.ts';
import { ErrandHost } from './errand-host.ts';
import { HearingHost } from './hearing-host.ts';
import { loadEndOfTurn, loadSilero } from './networks.ts';

/** Everything a thread does. Each part loads what it needs when it is first asked for something. */
export function createServer(
  post: (message: FromThread, transfer?: ArrayBuffer[]) => void,
): (message: ToThread) => Promise<void> {
  const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const hearing = new HearingHost({ loadNetwork: loadSilero, post, breathe });
  const errands = new ErrandHost({ loadEndOfTurn, post });
  return (message) =>
    message.type === 'convert' || message.type === 'judge' ? errands.handle(message) : hearing.handle(message);
}

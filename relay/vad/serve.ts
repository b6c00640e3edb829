import type { FromThread, ToThread } from './ears.messages.ts';
import { ErrandHost } from './errand-host.ts';
import { HearingHost } from './hearing-host.ts';

/** Everything a thread does. Each part loads what it needs when it is first asked for something. */
export function createServer(
  post: (message: FromThread, transfer?: ArrayBuffer[]) => void,
): (message: ToThread) => Promise<void> {
  const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  // Their runtime takes a tenth of a second to load: a program that can do without threads starts without it.
  const networks = () => import('./networks.ts');
  const hearing = new HearingHost({ loadNetwork: async () => (await networks()).loadSilero(), post, breathe });
  const errands = new ErrandHost({ loadEndOfTurn: async (file) => (await networks()).loadEndOfTurn(file), post });
  return (message) =>
    message.type === 'convert' || message.type === 'judge' ? errands.handle(message) : hearing.handle(message);
}

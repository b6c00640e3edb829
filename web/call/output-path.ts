import type { EchoReport } from '../conversation/ports.ts';
import type { FromCall, ToCall } from './call.messages.ts';

type Path = Extract<FromCall, { type: 'audio.path' }>['path'];
type RouteChange = Omit<Extract<ToCall, { type: 'audio.route-changed' }>, 'type'>;

/**
 * Which way answers take to the loudspeaker. Straight out of Web Audio is quicker by far, but some browsers cancel the
 * echo only of what comes from a peer connection: where too much of it comes back for our own filter, the way round
 * through one is tried once, and kept if it helps.
 */
export class OutputPath {
  #path: Path = 'direct';
  #isTried = false;

  /** The path in use, as the page says. False if nothing is different: the browser has no other way. */
  routeChanged({ change, path }: RouteChange): boolean {
    const isOther = change === 'devices' || path !== this.#path;
    this.#path = path;
    if (change === 'devices') this.#isTried = false;
    return isOther;
  }

  /** The path to ask for; undefined: the one it is. */
  choose({ mode }: EchoReport): Path | undefined {
    if (mode !== 'half-duplex') return undefined;
    if (this.#path === 'loopback') return 'direct';
    if (this.#isTried) return undefined;
    this.#isTried = true;
    return 'loopback';
  }
}

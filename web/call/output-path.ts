import type { EchoReport } from '../conversation/ports.ts';

export type Path = 'direct' | 'loopback';

/**
 * Which way answers take to the loudspeaker. Straight out of Web Audio is quicker by far, but some browsers cancel the
 * echo only of what comes from a peer connection: where too much of it comes back for our own filter, the way round
 * through one is tried once, and kept if it helps.
 */
export class OutputPath {
  #path: Path = 'direct';
  #isTried = false;

  /** Another loudspeaker or microphone: what was learned does not hold any more. */
  reset(): void {
    this.#isTried = false;
  }

  /** The path to take from now on; undefined: the one it is. */
  choose({ mode }: EchoReport): Path | undefined {
    if (mode !== 'half-duplex') return undefined;
    if (this.#path === 'loopback') return (this.#path = 'direct');
    if (this.#isTried) return undefined;
    this.#isTried = true;
    return (this.#path = 'loopback');
  }
}

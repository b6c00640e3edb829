import type { Recogniser } from '../../upstream/speech.ts';
import type { Upstream } from '../../upstream/upstream.ts';

/** What a dialect needs to know of the relay it speaks for. */
export interface Relay {
  readonly model: string;
  /** As the server that answers names them; empty where it does not tell. */
  readonly voices: readonly string[];
  /** Of the recogniser, where there is one: without it nobody's words are written down. */
  readonly recogniserModel: string | undefined;
}

/** A pool changes over and a server learns its voices, so both are looked up each time. */
export const toRelay = (
  upstream: Pick<Upstream, 'model' | 'voices'>,
  recogniser: Pick<Recogniser, 'model'> | undefined,
): Relay => ({
  get model() {
    return upstream.model;
  },
  get voices() {
    return upstream.voices;
  },
  get recogniserModel() {
    return recogniser?.model;
  },
});

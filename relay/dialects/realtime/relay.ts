/** What a dialect needs to know of the relay it speaks for. */
export interface Relay {
  readonly model: string;
  /** As the server that answers names them; empty where it does not tell. */
  readonly voices: readonly string[];
  /** Of the recogniser, where there is one: without it nobody's words are written down. */
  readonly recogniserModel: string | undefined;
}

import * as v from 'valibot';
import { ServerMessage } from '../server-message.ts';

/** Reads what one connection is told like a client that forgives nothing. Throws at the first thing that may not be. */
export class Judge {
  readonly #bytesPerMs: number;
  readonly #responses = new Set<string>();
  #isReady = false;
  #isSpeaking = false;
  #open: string | undefined;
  #latest: string | undefined;
  #isCut = false;
  #sentBytes = 0;

  constructor(bytesPerMs: number) {
    this.#bytesPerMs = bytesPerMs;
  }

  /** The response that has not ended. */
  get open(): string | undefined {
    return this.#open;
  }

  get responses(): number {
    return this.#responses.size;
  }

  readBytes(bytes: number): void {
    must(bytes > 0 && (this.#bytesPerMs === 8 || bytes % 2 === 0), `${bytes} bytes`);
    must(this.#open !== undefined && !this.#isCut, 'sound that belongs to no answer');
    this.#sentBytes += bytes;
  }

  readText(text: string): void {
    const message = v.parse(ServerMessage, JSON.parse(text));
    must(this.#isReady !== (message.type === 'ready'), `${message.type} at the wrong time`);
    this.#isReady = true;
    this.#read(message);
  }

  #read(message: ServerMessage): void {
    switch (message.type) {
      case 'speech.started':
      case 'speech.stopped':
        must(this.#isSpeaking === (message.type === 'speech.stopped'), `${message.type} twice`);
        this.#isSpeaking = !this.#isSpeaking;
        return;
      case 'response.started':
        must(this.#open === undefined && !this.#responses.has(message.response), 'an answer in an answer');
        this.#responses.add(message.response);
        this.#open = this.#latest = message.response;
        this.#isCut = false;
        this.#sentBytes = 0;
        return;
      case 'response.text':
        return must(this.#open === message.response && !this.#isCut, 'words that belong to no answer');
      case 'interrupted':
        must(message.response === this.#latest, 'an earlier answer interrupted');
        must(message.heardMs * this.#bytesPerMs <= this.#sentBytes + this.#bytesPerMs * 10, 'more heard than sent');
        this.#isCut = true;
        return;
      case 'response.done':
        must(this.#open === message.response, 'an answer done that was not begun');
        must((message.status === 'failed') === (message.error !== undefined), 'a failure without words');
        must(message.status !== 'completed' || !this.#isCut, 'completed after it was interrupted');
        this.#open = undefined;
        return;
      default:
        return;
    }
  }
}

function must(isSo: boolean, otherwise: string): void {
  if (!isSo) throw new Error(otherwise);
}

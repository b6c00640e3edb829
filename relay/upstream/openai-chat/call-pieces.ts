import * as v from 'valibot';
import { isJsonObject } from '../http-client/json.ts';
import type { ToolCall } from '../upstream.ts';
import { newCallId } from './call-markup.ts';

/** Part of a call as `delta.tool_calls` carries it. Some servers give whole arguments, as an object. */
export const CallPiece = v.object({
  index: v.nullish(v.number()),
  id: v.nullish(v.string()),
  function: v.nullish(
    v.object({
      name: v.nullish(v.string()),
      arguments: v.nullish(v.union([v.string(), v.record(v.string(), v.unknown())])),
    }),
  ),
});
export type CallPiece = v.InferOutput<typeof CallPiece>;

interface Draft {
  id: string;
  name: string;
  written: string;
  isGiven: boolean;
}

/**
 * Puts calls together that come in pieces, and gives each once, as soon as it is whole: when its arguments are an
 * object (nothing can be added to one but `{}`, with which some servers begin), when the next call begins, or at the
 * end, faulty ones too.
 */
export class CallPieces {
  readonly #drafts = new Map<number, Draft>();
  #last = -1;

  get hasBegun(): boolean {
    return this.#drafts.size > 0;
  }

  /** Whether one of them still lacks something. */
  get isOpen(): boolean {
    return [...this.#drafts.values()].some(({ written }) => !isJsonObject(written));
  }

  push(pieces: readonly CallPiece[]): ToolCall[] {
    return pieces.flatMap((piece) => {
      const index = this.#indexOf(piece);
      const before = index === this.#last ? [] : this.#give(({ written }) => isJsonObject(written));
      this.#last = index;
      const draft = this.#drafts.get(index) ?? { id: '', name: '', written: '', isGiven: false };
      this.#drafts.set(index, draft);
      const { name, arguments: written } = piece.function ?? {};
      draft.id ||= piece.id ?? '';
      draft.name ||= name ?? '';
      draft.written += typeof written === 'object' ? JSON.stringify(written ?? '') : (written ?? '');
      return [...before, ...this.#give(({ written: all }) => all.trimEnd().length > 2 && isJsonObject(all))];
    });
  }

  flush(): ToolCall[] {
    return this.#give(() => true);
  }

  /** Without an index, a name or another id begins another call. */
  #indexOf({ index, id, function: called }: CallPiece): number {
    if (typeof index === 'number') return index;
    const last = this.#drafts.get(this.#last);
    const isOther = !last || (id ? id !== last.id : Boolean(called?.name));
    return isOther ? this.#last + 1 : this.#last;
  }

  #give(isWhole: (draft: Draft) => boolean): ToolCall[] {
    const whole = [...this.#drafts.values()].filter((draft) => !draft.isGiven && draft.name !== '' && isWhole(draft));
    return whole.map((draft) => {
      draft.isGiven = true;
      const { id, name, written } = draft;
      return { kind: 'tool-call', callId: id || newCallId(), name, arguments: written.trim() === '' ? '{}' : written };
    });
  }
}

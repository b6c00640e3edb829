import * as v from 'valibot';
import { Language, SpokenText, Voice } from './read-request.ts';

/** Some six minutes of speech: every item is held in memory until it is whole. */
export const MAX_BATCH_TEXT_CHARS = 5_000;
export const MAX_BATCH_ITEMS = 100;

const BatchText = v.pipe(
  SpokenText,
  v.maxLength(MAX_BATCH_TEXT_CHARS),
  v.description('What is to be spoken. For longer texts see POST /read.'),
);

export const BatchItem = v.strictObject({
  text: BatchText,
  voice: v.exactOptional(Voice),
  language: v.exactOptional(Language),
  name: v.exactOptional(
    v.pipe(
      v.string(),
      // No separators and no leading dot: it becomes the name of a file on somebody's disk.
      v.regex(/^[\p{L}\p{N}_][\p{L}\p{N} ._-]{0,99}$/u),
      v.description('Of the file in the archive, without its ending; `item-001` and so on otherwise.'),
    ),
  ),
});
export type BatchItem = v.InferOutput<typeof BatchItem>;

export const SingleRequest = v.strictObject({
  text: BatchText,
  voice: v.exactOptional(Voice),
  language: v.exactOptional(Language),
});

export const ManyRequest = v.strictObject({
  items: v.pipe(v.array(BatchItem), v.minLength(1), v.maxLength(MAX_BATCH_ITEMS)),
});

/** Body of POST /voice/batch. */
export const BatchRequest = v.union([SingleRequest, ManyRequest]);

/** One name for each item, no two the same on a disk that ignores case. */
export function toFileNames(items: readonly BatchItem[]): string[] {
  const taken = new Set<string>();
  return items.map(({ name }, i) => {
    const wanted = name ?? `item-${String(i + 1).padStart(3, '0')}`;
    let free = wanted;
    for (let n = 2; taken.has(free.toLowerCase()); n++) free = `${wanted}-${n}`;
    taken.add(free.toLowerCase());
    return `${free}.wav`;
  });
}

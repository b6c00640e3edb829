export const wordsOf = (text: string): string[] => text.toLowerCase().match(/[a-z']+/g) ?? [];

/** The part of the words that was understood, each counted as often as it was said. */
export function understood(said: string, heard: string): number {
  const left = wordsOf(heard);
  const words = wordsOf(said);
  const hits = words.filter((word) => {
    const at = left.indexOf(word);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
  return hits.length / words.length;
}

/**
 * What is remembered of an answer of which only `heardSamples` of `totalSamples` were played: a share of its text in
 * proportion, cut at a word boundary (or at a character, in scripts without spaces). Both sides use this one rule, so
 * that the browser's history and the relay's cannot differ.
 */
export function heardText(text: string, heardSamples: number, totalSamples: number): string {
  if (heardSamples <= 0) return '';
  if (totalSamples <= 0 || heardSamples >= totalSamples) return text;
  const characters = Array.from(text);
  const cut = Math.floor((characters.length * heardSamples) / totalSamples);
  const head = characters.slice(0, cut).join('');
  const isMidWord = /\S/.test(characters[cut] ?? '') && /\S$/.test(head);
  if (!isMidWord || !/\s/.test(text)) return head.trimEnd();
  return head.replace(/\S+$/, '').trimEnd();
}

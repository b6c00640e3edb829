/** More words than anybody says in the second that two pieces share. */
const MAX_SHARED_WORDS = 8;

/** What of `next` is new after `before`, whose last words it may begin with; a word cut in two may differ. */
export function withoutOverlap(before: string, next: string): string {
  const old = toWords(before).slice(-MAX_SHARED_WORDS);
  const words = toWords(next);
  for (let count = Math.min(old.length, words.length, MAX_SHARED_WORDS); count > 0; count--) {
    const tail = old.slice(-count);
    if (tail.every((word, i) => word.plain === words[i]?.plain)) return next.slice(words[count - 1]?.end).trimStart();
  }
  return next;
}

/** Words as they sound, with where each ends. Scripts without spaces have each sign for a word. */
function toWords(text: string): { plain: string; end: number }[] {
  const words = text.matchAll(
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{N}'’]+[\p{P}\s]*/gu,
  );
  return [...words].map(({ 0: word, index }) => ({
    plain: word.toLowerCase().replace(/[^\p{L}\p{N}]/gu, ''),
    end: index + word.length,
  }));
}

/** Puts two stretches of one text together, with a space between them where their script has spaces. */
export function joinText(before: string, next: string): string {
  if (before === '' || next === '') return before + next;
  const isDense = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}，。！？、]$/u.test(before);
  return isDense ? before + next : `${before} ${next}`;
}

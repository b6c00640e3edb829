/** What is spoken of a piece of an answer: its words without Markdown, addresses, code blocks and pictures. */
export function toSpokenForm(text: string): string {
  if (text.startsWith('```')) return '';
  const lines = text.split('\n').map(toSpokenLine).filter(isSpeakable);
  return lines.map((line, i) => (i < lines.length - 1 ? withPause(line) : line)).join(' ');
}

export const isSpeakable = (text: string): boolean => /[\p{L}\p{N}]/u.test(text);

function toSpokenLine(line: string): string {
  return (
    line
      .replace(/^\s*(?:>\s*)*(?:#{1,6}\s+|[-*+•]\s+(?:\[[ xX]\]\s+)?)?/, '')
      .replace(/!?\[([^\]]*)\]\([^)\s]*(?:\s"[^"]*")?\)/g, '$1')
      // Of an address its place is worth hearing, the rest only seeing.
      .replace(
        /<?(?:https?:\/\/|www\.)(?:www\.)?([\w.-]*[\w-])(?::\d+)?(?:[/?#][^\s>)\]]*[^\s>)\].,;:!?])?\/?>?/gi,
        '$1',
      )
      .replace(/<\/?[a-z][^<>]*>/gi, '')
      .replace(/\\(?=[^\p{L}\p{N}\s])/gu, '')
      .replace(/`+/g, '')
      .replace(/\*\*|~~|__(?=\S)|(?<=\S)__/g, '')
      .replace(/(?<![\p{L}\p{N}])[*_](?=\S)|(?<=\S)[*_](?![\p{L}\p{N}])/gu, '')
      // Table rows; their rule of dashes has no words and is dropped as a whole.
      .replace(/^\s*\||\|\s*$/g, '')
      .replace(/\s*\|\s*/g, ', ')
      .replace(/[\p{Extended_Pictographic}\p{Regional_Indicator}\u{1f3fb}-\u{1f3ff}\ufe0f\u200d\u20e3]/gu, '')
      .replace(/\s+/g, ' ')
      .trim()
  );
}

/** Lines are items, headings or paragraphs: a voice makes a pause between them only where it sees an end. */
const withPause = (line: string): string => (/[\p{P}\p{S}]$/u.test(line) ? line : `${line}.`);

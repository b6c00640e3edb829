/**
 * The bytes of a base64 text, with or without padding, in either alphabet; undefined when it is none. Node's decoder
 * passes over whatever does not belong there, so a wrong character shows in the length; looking at every character
 * would cost as much as decoding.
 */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  let chars = text.length;
  if (chars % 4 === 0 && text.endsWith('=')) chars -= text.endsWith('==') ? 2 : 1;
  if (chars % 4 === 1) return undefined;
  return bytes.length === Math.floor((chars * 3) / 4) ? bytes : undefined;
}

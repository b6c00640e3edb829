/** What is wrong with the address of a server, if anything; never quotes it, as it may carry a password. */
export function faultOfUrl(text: string, schemes: readonly string[] = ['http', 'https']): string | undefined {
  const form = `must be an address such as ${schemes[0]}://127.0.0.1:8091 (${schemes.join(' or ')})`;
  if (!URL.canParse(text)) return form;
  const url = new URL(text);
  if (!schemes.includes(url.protocol.slice(0, -1))) return form;
  if (url.username || url.password) return 'must not carry a password; the key goes into a setting of its own';
  if (url.search || url.hash) return 'must end with the path, without "?" or "#"';
  return undefined;
}

export const toServiceUrl = (text: string): string => new URL(text).href.replace(/\/+$/, '');

const MASK = '•••';
/** Names of flags, fields and variables whose value nobody else should read. */
const SECRET_NAME = /key|token|secret|password|passwd|credential|auth/i;
/** `--api-key x`, `api_key: "x"`, `HF_TOKEN=x`, `Authorization: Bearer x`; plain numbers are counts, not keys. */
const WORD = '[\\w.-]*(?:key|token|secret|password|passwd|credential|auth)[\\w.-]*["\']?';
const ASSIGNED = new RegExp(
  `(--?${WORD}[\\s=]\\s*["']?|${WORD}\\s*[=:]\\s*["']?)(?:(?:bearer|basic)\\s+)?(?!\\d+(?:\\.\\d+)?(?:[\\s,;}]|$))[^\\s"',;}]+`,
  'gi',
);
/** Shapes of keys that are known by their beginning. */
const SHAPED = /\b(?:sk|pk|hf|gh[pousr]|xox[abp])[-_][\w-]{8,}/g;

/** Finds out which words must never be shown: values of key-like flags, and of key-like variables. */
export function secretsOf(command: readonly string[], env: Readonly<Record<string, string | undefined>>): string[] {
  const secrets = Object.entries(env).flatMap(([name, value]) => (SECRET_NAME.test(name) && value ? [value] : []));
  command.forEach((word, i) => {
    const [flag = '', value] = word.split(/=(.*)/s);
    if (!flag.startsWith('-') || !SECRET_NAME.test(flag)) return;
    const secret = value ?? command[i + 1];
    if (secret) secrets.push(secret);
  });
  // Shorter ones are words of their own right (`1`, `on`), and masking them would garble every line.
  return secrets.filter(({ length }) => length >= 4);
}

/** The line without any of the secrets, and without what looks like one. */
export function maskSecrets(line: string, secrets: readonly string[]): string {
  const known = secrets.reduce((masked, secret) => masked.replaceAll(secret, MASK), line);
  return known.replace(ASSIGNED, (_, name: string) => name + MASK).replace(SHAPED, MASK);
}

/**
 * @typedef {{ file: string, isEntry?: boolean, imports?: string[], css?: string[] }} Chunk
 * @typedef {Record<string, Chunk>} Manifest Vite's .vite/manifest.json
 */

/**
 * Everything the browser fetches before the page can run: the entries, what they import statically, and what
 * index.html names or preloads itself.
 *
 * @param {Manifest} manifest
 * @param {string} html the built index.html
 * @returns {{ scripts: string[], styles: string[] }} paths within dist/web
 */
export function firstLoad(manifest, html) {
  const scripts = new Set(attributes(html, /<script\b[^>]*\bsrc="([^"]+)"/g));
  for (const path of attributes(html, /<link\b[^>]*\brel="modulepreload"[^>]*\bhref="([^"]+)"/g)) scripts.add(path);
  const styles = new Set(attributes(html, /<link\b[^>]*\brel="stylesheet"[^>]*\bhref="([^"]+)"/g));

  const queue = Object.values(manifest).filter((chunk) => chunk.isEntry === true);
  for (const chunk of queue) {
    scripts.add(chunk.file);
    for (const style of chunk.css ?? []) styles.add(style);
    for (const key of chunk.imports ?? []) {
      const imported = manifest[key];
      if (imported !== undefined && !queue.includes(imported)) queue.push(imported);
    }
  }
  return { scripts: [...scripts], styles: [...styles] };
}

/**
 * @param {string} html
 * @param {RegExp} pattern
 */
function attributes(html, pattern) {
  return [...html.matchAll(pattern)].map((match) => (match[1] ?? '').replace(/^\.?\//, ''));
}

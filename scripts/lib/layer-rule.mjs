import { readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { layerOf, mayImport, mayUsePackage } from './layers.mjs';
import { ROOT } from './run.mjs';

/** @type {Record<string, string>} the `#…` aliases */
const ALIASES = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).imports;

/**
 * The ESLint rule behind layers.mjs. It resolves each import to a path first, so an alias, a relative path, a
 * re-export and a dynamic import are all the same arrow.
 *
 * @type {import('eslint').Rule.RuleModule}
 */
export const layerRule = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { forbidden: '{{layer}} may not import {{target}} (see scripts/lib/layers.mjs).' },
  },
  create(context) {
    const from = relative(ROOT, context.filename).split(sep).join('/');
    const layer = layerOf(from)?.name;
    if (layer === undefined) return {};

    /** @param {any} node */
    const inspect = (node) => {
      const specifier = node.source?.value;
      if (typeof specifier !== 'string') return;
      const target = resolve(from, specifier);
      const isTypeOnly = (node.importKind ?? node.exportKind) === 'type';
      const isAllowed = target === undefined ? mayUsePackage(from, specifier) : mayImport(from, target, isTypeOnly);
      if (!isAllowed) context.report({ node, messageId: 'forbidden', data: { layer, target: target ?? specifier } });
    };
    return {
      ImportDeclaration: inspect,
      ImportExpression: inspect,
      ExportNamedDeclaration: inspect,
      ExportAllDeclaration: inspect,
    };
  },
};

/**
 * The path from the root an import leads to, or undefined for a package.
 *
 * @param {string} from
 * @param {string} specifier
 */
function resolve(from, specifier) {
  const path = specifier.replace(/\?.*$/, '');
  if (path.startsWith('.')) return posix.join(posix.dirname(from), path);
  if (!path.startsWith('#')) return undefined;
  for (const [alias, target] of Object.entries(ALIASES)) {
    const [head = '', tail] = alias.split('*');
    const isMatch = tail === undefined ? path === alias : path.startsWith(head);
    if (isMatch) return posix.normalize(target.replace('*', path.slice(head.length)));
  }
  return path;
}

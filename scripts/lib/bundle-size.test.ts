import { expect, it } from 'vitest';
import { firstLoad } from './bundle-size.mjs';

const manifest = {
  'index.html': { file: 'assets/index-1.js', isEntry: true, imports: ['_shared.js'], css: ['assets/index-1.css'] },
  '_shared.js': { file: 'assets/shared-2.js', imports: ['_deep.js', 'index.html'], css: ['assets/shared-2.css'] },
  '_deep.js': { file: 'assets/deep-3.js', imports: ['_shared.js'] },
  'later.ts': { file: 'assets/later-4.js', isDynamicEntry: true },
};

it('counts the entry and its static imports once each, and not what loads later', () => {
  const { scripts, styles } = firstLoad(manifest, '<script type="module" src="/assets/index-1.js"></script>');
  expect(scripts.sort()).toEqual(['assets/deep-3.js', 'assets/index-1.js', 'assets/shared-2.js']);
  expect(styles.sort()).toEqual(['assets/index-1.css', 'assets/shared-2.css']);
});

it('counts what index.html preloads or names itself', () => {
  const html = `
    <script src="./boot.js"></script>
    <link rel="modulepreload" crossorigin href="/assets/later-4.js">
    <link rel="stylesheet" crossorigin href="/plain.css">`;
  const { scripts, styles } = firstLoad(manifest, html);
  expect(scripts).toContain('boot.js');
  expect(scripts).toContain('assets/later-4.js');
  expect(styles).toContain('plain.css');
});

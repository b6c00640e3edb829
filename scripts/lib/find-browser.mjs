import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { run, runScript } from './run.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Where the installers of macOS and Windows put it, as neither adds it to PATH. */
const USUAL_PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ...['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA']
    .flatMap((name) => process.env[name] ?? [])
    .map((folder) => join(folder, 'Google/Chrome/Application/chrome.exe')),
];

const isRoot = process.getuid?.() === 0;

/** Flags for every browser the tests start. The autoplay policy stays as people have it: sound needs a click. */
export const CHROMIUM_ARGS = [
  // Chromium's sandbox refuses to run as root.
  ...(isRoot ? ['--no-sandbox'] : []),
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
];

/**
 * The Chromium to test with: the one named in EARSHOT_CHROMIUM, else Playwright's own, else the system's. Installs
 * nothing.
 *
 * @returns {string | undefined} the program's path
 */
export function findBrowser() {
  const named = process.env.EARSHOT_CHROMIUM;
  if (named !== undefined && named !== '') return named;
  const own = createRequire(import.meta.url)('@playwright/test').chromium.executablePath();
  if (existsSync(own)) return own;
  return [...onPath(NAMES), ...USUAL_PLACES].find((path) => existsSync(path) && starts(path));
}

/** What Playwright and Vitest hand to the browser's launcher. */
export function launchOptions() {
  const executablePath = findBrowser();
  return { args: CHROMIUM_ARGS, ...(executablePath === undefined ? {} : { executablePath }) };
}

/**
 * Like findBrowser, but installs Chromium when there is none: from the distribution when we may, else Playwright's.
 *
 * @param {(line: string) => void} say
 * @returns {Promise<string | undefined>}
 */
export async function ensureBrowser(say) {
  const found = findBrowser();
  if (found !== undefined) return found;
  if (isDebianRoot()) {
    say('Installing Chromium (apt-get)');
    await aptInstall(['chromium', ...missingSpeechPackages()], say);
    const installed = findBrowser();
    if (installed !== undefined) return installed;
  }
  say('Installing Chromium (playwright install)');
  const { code, output } = await runScript('node_modules/@playwright/test/cli.js', ['install', 'chromium']);
  if (code !== 0) say(output);
  return findBrowser();
}

/** A voice to speak to the tests, and a recogniser that understands it: real programs, as packages. */
const SPEECH_PACKAGES = { flite: ['flite'], pocketsphinx_continuous: ['pocketsphinx', 'pocketsphinx-en-us'] };

/**
 * Installs the speech programs that are missing, where that is possible. Without them the tests that need one say so
 * themselves.
 *
 * @param {(line: string) => void} say
 */
export async function ensureSpeech(say) {
  const packages = missingSpeechPackages();
  if (packages.length === 0 || !isDebianRoot()) return;
  say(`Installing ${packages.join(', ')} (apt-get)`);
  await aptInstall(packages, say);
}

function missingSpeechPackages() {
  const missing = Object.entries(SPEECH_PACKAGES).filter(
    ([program]) => !onPath([program]).some((path) => existsSync(path)),
  );
  return missing.flatMap(([, packages]) => packages);
}

function isDebianRoot() {
  return isRoot && existsSync('/etc/debian_version');
}

/**
 * @param {readonly string[]} packages
 * @param {(line: string) => void} say
 */
async function aptInstall(packages, say) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const lockWait = ['-o', 'DPkg::Lock::Timeout=120'];
  await run('apt-get', [...lockWait, '-qq', 'update'], { env });
  const { code, output } = await run('apt-get', [...lockWait, '-qq', 'install', '-y', ...packages], { env });
  if (code !== 0) say(output);
}

/** @param {readonly string[]} names */
function onPath(names) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return names.flatMap((name) => folders.map((folder) => join(folder, name)));
}

/**
 * Ubuntu's chromium-browser is a script that only asks to install a snap; `--version` tells. On Windows that flag
 * opens a window instead.
 *
 * @param {string} path
 */
function starts(path) {
  return process.platform === 'win32' || spawnSync(path, ['--version'], { timeout: 20_000 }).status === 0;
}

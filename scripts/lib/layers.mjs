/**
 * Who may import whom. A file belongs to the layer with the longest path it starts with; it may always import its own
 * layer, and else only what is listed. Entries are paths from the root without their ending; `*` stands for one name.
 *
 * @typedef {object} Layer
 * @property {readonly string[]} may our own code
 * @property {readonly string[]} [mayType] our own code, but only by `import type`
 * @property {readonly string[]} [mayInTests] our own code, but only in tests
 * @property {readonly string[]} packages npm packages; `*` for any, Node's own modules included
 */

/** @type {Record<string, Layer>} */
export const LAYERS = {
  kernel: { may: [], packages: [] },
  dsp: { may: ['kernel'], mayInTests: ['models/vad'], packages: ['fft.js'] },
  models: { may: ['kernel', 'dsp'], packages: [] },

  'web/conversation': {
    // What the relay's turn detection goes by as well.
    may: ['kernel', 'relay/protocol', 'models/vad', 'models/end-of-turn'],
    packages: [],
  },
  'web/audio': {
    may: ['kernel', 'dsp', 'web/conversation/ports'],
    // A voice for what is done to voices.
    mayInTests: ['e2e/audio/formant-voice'],
    packages: ['@sapphi-red/web-noise-suppressor'],
  },
  'web/audio/worklets': { may: ['kernel', 'dsp'], packages: [] },
  'web/link': { may: ['kernel', 'web/conversation/ports', 'relay/protocol'], packages: ['@noble/hashes', 'valibot'] },
  'web/storage': {
    may: ['kernel', 'web/conversation/ports', 'relay/protocol'],
    mayType: ['web/conversation'],
    packages: ['idb', 'valibot'],
  },
  'web/speech': {
    may: ['kernel', 'dsp', 'models', 'web/conversation/ports'],
    packages: ['onnxruntime-web', '@ricky0123/vad-web'],
  },
  'web/call': {
    may: [
      ...['kernel', 'dsp', 'relay/protocol', 'web/conversation', 'web/speech', 'web/link', 'web/storage'],
      'web/audio/worklets/*.messages',
      'web/audio/cues',
      'models/calibrated',
    ],
    packages: [],
  },
  'web/ui': {
    // The two views the conversation offers to show, and the bounds of what people can set.
    may: [
      ...['kernel', 'web/conversation/status', 'web/conversation/turn-log', 'relay/protocol/limits'],
      // What the model that answers can hear and speak is offered.
      'models/registry/languages',
    ],
    mayType: ['web/conversation', 'relay/protocol'],
    packages: ['svelte'],
  },
  'web/app': { may: ['kernel', 'dsp', 'models', 'relay/protocol', 'web'], packages: ['svelte', 'valibot'] },

  'relay/protocol': { may: ['kernel'], packages: ['valibot'] },
  'relay/observe': {
    may: ['kernel'],
    mayType: ['relay/config', 'relay/upstream'],
    mayInTests: ['relay/session/testing'],
    packages: ['*'],
  },
  'relay/upstream': { may: ['kernel', 'dsp', 'models/registry', 'relay/protocol', 'relay/observe'], packages: ['*'] },
  'relay/vad': { may: ['kernel', 'dsp', 'models', 'relay/protocol'], packages: ['*'] },
  'relay/session': {
    may: ['kernel', 'dsp', 'relay/protocol', 'relay/upstream'],
    // What turn detection tells; its threads are the business of whoever builds the relay.
    mayType: ['relay/vad'],
    // Both ends of the wire, joined in one process: the only place where the relay meets the browser's code.
    mayInTests: ['web/link', 'web/conversation/ports'],
    packages: ['*'],
  },
  'relay/speech': {
    may: ['kernel', 'dsp', 'relay/protocol', 'relay/upstream', 'relay/observe'],
    mayInTests: ['relay/session/testing'],
    packages: ['*'],
  },
  'relay/dialects': {
    may: ['kernel', 'dsp', 'relay/protocol', 'relay/session'],
    mayType: ['relay/upstream', 'relay/vad'],
    mayInTests: ['relay/speech/testing'],
    packages: ['*'],
  },
  // Speaks to any server as a caller would, ours included; part of no other program.
  simulate: { may: ['kernel', 'dsp', 'relay/protocol'], mayInTests: ['relay/upstream/echo'], packages: ['*'] },
  // Lends the callers their voice.
  'simulate/command': { may: ['kernel', 'simulate', 'e2e/audio'], packages: ['*'] },
  'relay/http': {
    may: [
      ...['kernel', 'models/registry', 'relay/protocol', 'relay/session', 'relay/dialects', 'relay/upstream'],
      ...['relay/speech', 'relay/observe', 'relay/config'],
    ],
    mayInTests: ['dsp'],
    packages: ['*'],
  },
  // What lies directly in relay/ puts the parts together, and tells its version.
  relay: { may: ['kernel', 'dsp', 'models', 'package.json'], packages: ['*'] },

  e2e: {
    may: [
      ...['kernel', 'dsp', 'models/tools', 'relay/protocol', 'relay/app'],
      ...['scripts/lib/find-browser.mjs', 'scripts/lib/relay-flags.mjs'],
    ],
    packages: ['*'],
  },
  // Both ends of the wire, tried against each other without a browser.
  'e2e/wire': { may: ['kernel', 'relay', 'web/link', 'web/conversation/ports'], packages: ['*'] },
  // Other people's clients against a whole relay, whose model and recogniser are ours.
  'e2e/clients': { may: ['kernel', 'dsp', 'relay', 'e2e'], packages: ['*'] },
  // Measures the parts by themselves and all of them together.
  'e2e/rig': {
    may: [
      ...['kernel', 'dsp', 'models', 'relay/protocol', 'relay/app', 'relay/speech/decode', 'relay/vad', 'e2e'],
      ...['web/conversation', 'web/call', 'web/link', 'scripts/lib/find-browser.mjs'],
    ],
    packages: ['*'],
  },
};

/**
 * Tests, what only tests use, and the programs developers run. They obey the same arrows, but bring their tools: any
 * package, the wire, our fakes and voices, and a whole relay to talk to.
 */
const BRINGS_TOOLS = /\.(test|contract|bench)\.ts$|\/testing\/|\.mjs$/;
const TOOLS = ['relay/protocol', 'e2e/fakes', 'e2e/audio', 'relay/app', 'relay/config', 'relay/http/server'];

/**
 * The layer a file belongs to.
 *
 * @param {string} path from the root, with forward slashes
 * @returns {{ name: string, layer: Layer } | undefined}
 */
export function layerOf(path) {
  const name = Object.keys(LAYERS)
    .filter((candidate) => path.startsWith(`${candidate}/`))
    .sort((a, b) => b.length - a.length)[0];
  const layer = name === undefined ? undefined : LAYERS[name];
  return name === undefined || layer === undefined ? undefined : { name, layer };
}

/**
 * Whether a file may import another of our own files.
 *
 * @param {string} from
 * @param {string} target both from the root
 * @param {boolean} isTypeOnly
 */
export function mayImport(from, target, isTypeOnly) {
  const own = layerOf(from);
  if (own === undefined) return true;
  const types = isTypeOnly ? (own.layer.mayType ?? []) : [];
  const tools = BRINGS_TOOLS.test(from) ? [...TOOLS, ...(own.layer.mayInTests ?? [])] : [];
  const allowed = [own.name, ...own.layer.may, ...types, ...tools];
  return allowed.some((entry) => covers(entry, target));
}

/**
 * Whether a file may import a package, or a module of Node's.
 *
 * @param {string} from
 * @param {string} specifier such as `svelte/store` or `node:fs`
 */
export function mayUsePackage(from, specifier) {
  const own = layerOf(from);
  if (own === undefined || BRINGS_TOOLS.test(from)) return true;
  return own.layer.packages.some((name) => name === '*' || specifier === name || specifier.startsWith(`${name}/`));
}

/**
 * @param {string} entry
 * @param {string} target
 */
function covers(entry, target) {
  const pattern = entry.replaceAll(/[.+]/g, '\\$&').replaceAll('*', '[^/]+');
  return new RegExp(`^${pattern}(/|\\.|$)`).test(target);
}

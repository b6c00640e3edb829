/** One stretch of speech with its own sound. Formants in Hz; amplitudes from 0 to 1. */
export interface Phone {
  ms: number;
  formantsHz: readonly [number, number, number];
  voicing: number;
  /** Turbulence, and where its energy lies. */
  noise: number;
  noiseHz: number;
}

/** Peterson and Barney's (1952) mean formants of male speakers, filed under the letter that mostly stands for them. */
const VOWELS: Record<string, Phone['formantsHz']> = {
  a: [730, 1090, 2440],
  e: [530, 1840, 2480],
  i: [300, 2250, 2960],
  o: [570, 840, 2410],
  u: [320, 900, 2240],
  y: [390, 1990, 2550],
};

const SONORANTS: Record<string, Phone['formantsHz']> = {
  m: [280, 1000, 2200],
  n: [280, 1500, 2500],
  l: [360, 1200, 2700],
  r: [420, 1250, 1650],
  w: [300, 650, 2200],
  v: [300, 1100, 2300],
  j: [280, 2100, 2900],
};

const FRICATIVE_HZ: Record<string, number> = { s: 5200, z: 5000, c: 4200, x: 4600, f: 3800, h: 1600 };
const NEUTRAL: Phone['formantsHz'] = [500, 1500, 2500];
const SILENCE = { formantsHz: NEUTRAL, voicing: 0, noise: 0, noiseHz: 2000 };

/**
 * A rough reading of a text, letter by letter: enough for something with the rhythm and spectrum of speech, not enough
 * to understand a word of it.
 */
export function toPhones(text: string): Phone[] {
  const phones: Phone[] = [];
  let last: string | undefined;
  for (const letter of text.toLowerCase().normalize('NFD')) {
    // Double letters are one sound.
    if (letter !== last || !/\p{L}/u.test(letter)) phones.push(...phonesOf(letter));
    last = letter;
  }
  return phones;
}

function phonesOf(letter: string): Phone[] {
  const vowel = VOWELS[letter];
  if (vowel) return [{ ms: 105, formantsHz: vowel, voicing: 1, noise: 0, noiseHz: 2000 }];
  const sonorant = SONORANTS[letter];
  if (sonorant) return [{ ms: 65, formantsHz: sonorant, voicing: 0.55, noise: 0, noiseHz: 2000 }];
  const noiseHz = FRICATIVE_HZ[letter];
  if (noiseHz) return [{ ms: 75, formantsHz: NEUTRAL, voicing: letter === 'z' ? 0.3 : 0, noise: 0.5, noiseHz }];
  if (/[.!?;:]/.test(letter)) return [{ ...SILENCE, ms: 260 }];
  if (letter === ',') return [{ ...SILENCE, ms: 160 }];
  if (/\s/.test(letter)) return [{ ...SILENCE, ms: 25 }];
  if (/\d/.test(letter)) return [...phonesOf('t'), ...phonesOf('e'), ...phonesOf('n')];
  if (!/\p{L}/u.test(letter)) return [];
  // Stops, and every letter of other scripts: a closure, a burst, and for the latter a vowel.
  const isVoiced = /[bdg]/.test(letter);
  const stop: Phone[] = [
    { ...SILENCE, ms: 40, voicing: isVoiced ? 0.12 : 0 },
    { ...SILENCE, ms: 15, noise: 0.6, noiseHz: 2800 },
  ];
  if (/[a-z]/.test(letter)) return stop;
  const vowels = Object.keys(VOWELS);
  return [...stop, ...phonesOf(vowels[(letter.codePointAt(0) ?? 0) % vowels.length] ?? 'a')];
}

import type { Recording } from '../audio/wav.ts';

/** A voice that costs nothing: a tone as long as its text, 60 ms a letter, and higher for every text. */
export function toneVoice(rateHz = 24_000): (text: string) => Recording {
  const texts = new Map<string, number>();
  return (text) => {
    const n = texts.get(text) ?? texts.size;
    texts.set(text, n);
    const step = (2 * Math.PI * (200 + 20 * n)) / rateHz;
    const length = Math.round(0.06 * text.length * rateHz);
    return { samples: Int16Array.from({ length }, (_, i) => Math.round(8_000 * Math.sin(step * i))), rateHz };
  };
}

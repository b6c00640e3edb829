import { LINE_RATE_HZ } from '../sound/line.ts';

/** A voice for tests that need no words: a buzz as long as the text, at the rate of the line. Each text has its pitch. */
export function buzz(text: string): Promise<{ samples: Int16Array; rateHz: number }> {
  const length = Math.round((LINE_RATE_HZ * (300 + 30 * text.length)) / 1000);
  const pitchHz = 100 + (text.length % 20) * 10;
  const samples = Int16Array.from(
    { length },
    (_, i) => 6_000 * Math.sign(Math.sin((2 * Math.PI * pitchHz * i) / LINE_RATE_HZ)),
  );
  return Promise.resolve({ samples, rateHz: LINE_RATE_HZ });
}

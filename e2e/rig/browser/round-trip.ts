import type { Browser } from '@playwright/test';
import { RelayProcess } from '../../fixtures/relay.ts';
import { Room, ROOM_RATE_HZ } from '../../fixtures/room.ts';

const CLICKS = 12;
const CLICK_EVERY_MS = 200;

/**
 * What the rig itself takes: from its microphone through the browser's streams into an audio context of the page, and
 * from the loudspeaker back into the recording. In milliseconds, a value for each click; whatever the product does comes
 * on top.
 */
export async function measureRoundTrip(browser: Browser): Promise<number[]> {
  const relay = await RelayProcess.start();
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const room = await Room.around(page);
    await page.goto(relay.url);
    await page.evaluate(async () => {
      const audio = new AudioContext({ latencyHint: 'interactive' });
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      audio.createMediaStreamSource(stream).connect(audio.destination);
    });
    await page.waitForTimeout(600);
    const click = new Int16Array(480).fill(16_000);
    const saidMs: number[] = [];
    for (let i = 0; i < CLICKS; i++) {
      saidMs.push((await room.say(click, ROOM_RATE_HZ)) * 1000);
      await page.waitForTimeout(CLICK_EVERY_MS);
    }
    const { page: heard } = await room.recording();
    return saidMs.flatMap((fromMs) => firstLoudMs(heard, fromMs) ?? []);
  } finally {
    await context.close();
    await relay.kill();
  }
}

function firstLoudMs(samples: Float32Array, fromMs: number): number | undefined {
  const from = Math.round((fromMs * ROOM_RATE_HZ) / 1000);
  const until = from + (CLICK_EVERY_MS * ROOM_RATE_HZ) / 1000;
  const at = samples.subarray(from, until).findIndex((sample) => Math.abs(sample) > 0.1);
  return at < 0 ? undefined : (at * 1000) / ROOM_RATE_HZ;
}

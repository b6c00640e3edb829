import type { Browser } from '@playwright/test';
import { resample } from '#dsp/resampler';
import { createFakeOmni, type FakeOmni } from '../../fakes/omni-server.ts';
import type { OmniScript } from '../../fakes/omni-script.ts';
import { AppPage } from '../../fixtures/app-page.ts';
import { RelayProcess } from '../../fixtures/relay.ts';
import { Room, ROOM_RATE_HZ } from '../../fixtures/room.ts';
import { durationMs, type Spoken } from '../../fixtures/speech.ts';
import { EAR_RATE_HZ } from './answer-trail.ts';

/** Of the upstream in all scenarios that measure time: what the bars are given for. */
export const UPSTREAM_FIRST_AUDIO_MS = 500;

/** What somebody said, on the room's clock. */
export interface Said {
  fromMs: number;
  onsetMs: number;
  offsetMs: number;
  toMs: number;
}

export interface Heard {
  microphone: Float32Array<ArrayBuffer>;
  page: Float32Array<ArrayBuffer>;
  /** Of their first sample, on the room's clock. */
  fromMs: number;
}

interface StatusChange {
  atMs: number;
  status: string;
}

/** The product in a call: GPU server, relay, browser page and the room around it. */
export class Stage {
  readonly app: AppPage;
  readonly room: Room;
  readonly gpu: FakeOmni;
  readonly #close: () => Promise<void>;

  private constructor(app: AppPage, room: Room, gpu: FakeOmni, close: () => Promise<void>) {
    this.app = app;
    this.room = room;
    this.gpu = gpu;
    this.#close = close;
  }

  /** Listening when it resolves; the caller closes it. */
  static async open(browser: Browser, script: Partial<OmniScript>): Promise<Stage> {
    const gpu = await createFakeOmni({
      script: { firstTokenMs: 100, firstAudioMs: UPSTREAM_FIRST_AUDIO_MS, chunkMs: 400, ...script },
    });
    const relay = await RelayProcess.start({ OMNI_SERVICE_URL: gpu.baseUrl });
    const context = await browser.newContext();
    const close = async () => {
      await context.close();
      await relay.kill();
      await gpu.close();
    };
    try {
      const page = await context.newPage();
      const room = await Room.around(page);
      const app = new AppPage(page, relay.url);
      await page.goto(relay.url);
      await app.talk.click();
      const stage = new Stage(app, room, gpu, close);
      await stage.app.reaches('listening', 30_000);
      await page.evaluate(watchStatus);
      return stage;
    } catch (error) {
      await close();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#close();
  }

  async say(spoken: Spoken): Promise<Said> {
    const fromMs = (await this.room.say(spoken.samples, spoken.rateHz)) * 1000;
    return {
      fromMs,
      onsetMs: fromMs + spoken.onsetMs,
      offsetMs: fromMs + spoken.offsetMs,
      toMs: fromMs + durationMs(spoken),
    };
  }

  wait(ms: number): Promise<void> {
    return this.app.page.waitForTimeout(ms);
  }

  /** Every change of the status shown, since the call began. */
  statuses(): Promise<StatusChange[]> {
    return this.app.page.evaluate(() => (window as unknown as { statuses: StatusChange[] }).statuses);
  }

  /** Everything since the last time it was forgotten, at EAR_RATE_HZ. */
  async heard(): Promise<Heard> {
    const { microphone, page, fromMs } = await this.room.recording();
    const toEar = (samples: Float32Array) => resample(samples, ROOM_RATE_HZ, EAR_RATE_HZ);
    return { microphone: toEar(microphone), page: toEar(page), fromMs };
  }
}

/** Runs in the page. */
function watchStatus(): void {
  const statuses: StatusChange[] = [];
  Object.assign(window, { statuses });
  const shown = document.querySelector('[data-status]');
  if (!shown) throw new Error('the page shows no status');
  const note = () => statuses.push({ atMs: window.room.now() * 1000, status: shown.getAttribute('data-status') ?? '' });
  note();
  new MutationObserver(note).observe(shown, { attributeFilter: ['data-status'] });
}

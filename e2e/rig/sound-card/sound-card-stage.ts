import { chromium, type Browser } from '@playwright/test';
import { launchOptions } from '../../../scripts/lib/find-browser.mjs';
import { resample } from '#dsp/resampler';
import { toFloat, toInt16 } from '../../audio/voice.ts';
import { createFakeOmni, type FakeOmni } from '../../fakes/omni-server.ts';
import type { OmniScript } from '../../fakes/omni-script.ts';
import { AppPage } from '../../fixtures/app-page.ts';
import { RelayProcess } from '../../fixtures/relay.ts';
import { durationMs, type Spoken } from '../../fixtures/speech.ts';
import { EAR_RATE_HZ } from '../browser/answer-trail.ts';
import { locate } from '../browser/locate.ts';
import { UPSTREAM_FIRST_AUDIO_MS, type Heard, type Said } from '../browser/stage.ts';
import { CARD_RATE_HZ, type SoundServer } from './sound-server.ts';
import { Tape } from './tape.ts';

/** Somebody spoke about then; when exactly is on the tape. */
export interface Remark {
  spoken: Spoken;
  aboutMs: number;
}

/** The product in a call, with the browser's own microphone, echo canceller and loudspeaker. */
export class SoundCardStage {
  readonly app: AppPage;
  readonly gpu: FakeOmni;
  readonly tape: Tape;
  readonly #server: SoundServer;
  readonly #close: () => Promise<void>;

  private constructor(app: AppPage, gpu: FakeOmni, server: SoundServer, tape: Tape, close: () => Promise<void>) {
    this.app = app;
    this.gpu = gpu;
    this.tape = tape;
    this.#server = server;
    this.#close = close;
  }

  /** Listening when it resolves; the caller closes it. */
  static async open(server: SoundServer, script: Partial<OmniScript>): Promise<SoundCardStage> {
    const gpu = await createFakeOmni({
      script: { firstTokenMs: 100, firstAudioMs: UPSTREAM_FIRST_AUDIO_MS, chunkMs: 400, ...script },
    });
    const relay = await RelayProcess.start({ OMNI_SERVICE_URL: gpu.baseUrl });
    // Where the rig is ended from outside, too.
    const killRelay = () => void relay.kill();
    process.once('exit', killRelay);
    let browser: Browser | undefined;
    let tape: Tape | undefined;
    const close = async () => {
      await browser?.close();
      await tape?.stop();
      await relay.kill();
      process.off('exit', killRelay);
      await gpu.close();
    };
    try {
      tape = await Tape.start(server);
      browser = await launchWithSound(server);
      const app = new AppPage(await browser.newPage(), relay.url);
      await app.page.goto(relay.url);
      await app.talk.click();
      const stage = new SoundCardStage(app, gpu, server, tape, close);
      if (!(await stage.app.reaches('listening', 30_000))) throw new Error('the call did not begin');
      return stage;
    } catch (error) {
      await close();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#close();
  }

  /** Resolves when it has been said. */
  async say(spoken: Spoken): Promise<Remark> {
    const samples = resample(toFloat(Int16Array.from(spoken.samples)), spoken.rateHz, CARD_RATE_HZ);
    const aboutMs = this.tape.nowMs;
    await this.#server.play({ samples: toInt16(samples), rateHz: CARD_RATE_HZ }, 'air');
    return { spoken, aboutMs };
  }

  wait(ms: number): Promise<void> {
    return this.app.page.waitForTimeout(ms);
  }

  /** What the page found out of the echo, as it says in its settings, with figures. */
  async echoShown(): Promise<string> {
    const { page } = this.app;
    await page.getByRole('button', { name: 'Settings' }).first().click();
    const settings = page.getByRole('dialog', { name: 'Settings' });
    const reading = settings.locator('[data-echo]');
    const mode = await reading.getAttribute('data-echo');
    const shown = `${mode} (${(await reading.innerText()).trim()})`;
    await settings.getByRole('button', { name: 'Close' }).click();
    return shown;
  }

  /** Ends the call: everything on the tape, and what it lost. */
  async heard(): Promise<Heard & { lostMs: number }> {
    await this.app.page.close();
    return { ...(await this.tape.finish()), fromMs: 0 };
  }
}

/** Finds on the tape when exactly it was said. */
export function saidWhen({ spoken, aboutMs }: Remark, heard: Heard): Said {
  const said = resample(toFloat(Int16Array.from(spoken.samples)), spoken.rateHz, EAR_RATE_HZ);
  const at = (ms: number) => Math.round((ms * EAR_RATE_HZ) / 1000);
  const needle = said.subarray(at(spoken.onsetMs), at(Math.min(spoken.offsetMs, spoken.onsetMs + 500)));
  const place = locate(needle, heard.microphone, at(aboutMs - 100), at(aboutMs + 2_000));
  if (place.likeness < 0.6) throw new Error(`${spoken.name} is not on the tape`);
  const fromMs = (place.at * 1000) / EAR_RATE_HZ - spoken.onsetMs;
  return {
    fromMs,
    onsetMs: fromMs + spoken.onsetMs,
    offsetMs: fromMs + spoken.offsetMs,
    toMs: fromMs + durationMs(spoken),
  };
}

function launchWithSound(server: SoundServer): Promise<Browser> {
  const options = launchOptions();
  return chromium.launch({
    ...options,
    args: options.args.filter((arg) => arg !== '--use-fake-device-for-media-stream'),
    // A muted browser has nothing to cancel, and plays nothing.
    ignoreDefaultArgs: ['--mute-audio'],
    // It would end the browser only, and the rig would go on without it.
    handleSIGTERM: false,
    env: server.env,
  });
}

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRelay, type TestRelay } from '../../dialects/earshot/testing/relay.ts';
import { ScriptedRecogniser } from '../../speech/testing/scripted-recogniser.ts';
import { ScriptedSynthesiser } from '../../speech/testing/scripted-synthesiser.ts';

/** A relay on a real port with a voice and an ear that do what a test says. */
export interface SpeechRelay extends TestRelay {
  synthesiser: ScriptedSynthesiser;
  recogniser: ScriptedRecogniser;
  post(path: string, body: unknown, init?: RequestInit): Promise<Response>;
  /** The value of a series on /metrics; undefined where it is not there. */
  metric(series: string): Promise<number | undefined>;
}

export async function startSpeechRelay(): Promise<SpeechRelay> {
  const synthesiser = new ScriptedSynthesiser();
  const recogniser = new ScriptedRecogniser();
  // With a web app, as it is served: its files match every address.
  const webRoot = mkdtempSync(join(tmpdir(), 'earshot-web-'));
  writeFileSync(join(webRoot, 'index.html'), '<!doctype html><title>Earshot</title>');
  const relay = await startRelay({ synthesiser, recogniser, webRoot });
  const post = (path: string, body: unknown, init: RequestInit = {}) =>
    fetch(relay.url + path, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      ...init,
      headers: { 'content-type': 'application/json', ...init.headers },
    });
  const metric = async (series: string) => {
    const page = await (await fetch(`${relay.url}/metrics`)).text();
    const line = page.split('\n').find((candidate) => candidate.startsWith(`${series} `));
    return line === undefined ? undefined : Number(line.split(' ').at(-1));
  };
  return { ...relay, synthesiser, recogniser, post, metric };
}

/** Waits, a few milliseconds at a time, until something is so. */
export async function until(isSo: () => boolean | Promise<boolean>, patienceMs = 5_000): Promise<void> {
  const deadlineMs = performance.now() + patienceMs;
  while (!(await isSo())) {
    if (performance.now() > deadlineMs) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

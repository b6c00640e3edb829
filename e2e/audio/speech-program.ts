import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseWav, type Recording } from './wav.ts';

const run = promisify(execFile);

/** A speech synthesizer of the system, run as a process of its own. */
export interface SpeechProgram {
  name: 'flite' | 'espeak-ng';
  synthesize(text: string): Promise<Recording>;
}

const PROGRAMS: readonly SpeechProgram[] = [
  { name: 'flite', synthesize: (text) => synthesizeBy('flite', (wav) => ['-voice', 'slt', '-t', text, '-o', wav]) },
  { name: 'espeak-ng', synthesize: (text) => synthesizeBy('espeak-ng', (wav) => ['-w', wav, '--', text]) },
];

let found: Promise<SpeechProgram | undefined> | undefined;

/** The first of flite (the more natural of the two) and espeak-ng that runs here. */
export function findSpeechProgram(): Promise<SpeechProgram | undefined> {
  found ??= firstRunning();
  return found;
}

async function firstRunning(): Promise<SpeechProgram | undefined> {
  for (const program of PROGRAMS) {
    try {
      const { samples } = await program.synthesize('test');
      if (samples.length > 0) return program;
    } catch {
      // Not installed, or without the voice: the next one.
    }
  }
  return undefined;
}

async function synthesizeBy(program: string, args: (wav: string) => string[]): Promise<Recording> {
  const folder = await mkdtemp(join(tmpdir(), 'earshot-voice-'));
  try {
    const wav = join(folder, 'speech.wav');
    await run(program, args(wav), { timeout: 20_000 });
    return parseWav(await readFile(wav));
  } finally {
    await rm(folder, { recursive: true });
  }
}

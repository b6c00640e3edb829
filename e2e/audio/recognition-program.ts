import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { encodeWav, type Recording } from './wav.ts';

const run = promisify(execFile);

/** A speech recogniser of the system, run as a process of its own for each recording. */
export interface RecognitionProgram {
  name: 'pocketsphinx';
  /** Words in lower case, without punctuation; the recording is at 16 kHz. */
  recognise(recording: Recording): Promise<string>;
}

let found: Promise<RecognitionProgram | undefined> | undefined;

/** pocketsphinx with its English model, where both are installed (Debian: `pocketsphinx pocketsphinx-en-us`). */
export function findRecognitionProgram(): Promise<RecognitionProgram | undefined> {
  found ??= recognise({ samples: new Int16Array(16_000), rateHz: 16_000 }).then(
    () => ({ name: 'pocketsphinx' as const, recognise }),
    () => undefined,
  );
  return found;
}

async function recognise(recording: Recording): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'earshot-ears-'));
  try {
    const wav = join(folder, 'speech.wav');
    await writeFile(wav, encodeWav(recording));
    const { stdout } = await run('pocketsphinx_continuous', ['-infile', wav, '-logfn', '/dev/null'], {
      timeout: 30_000,
    });
    return stdout.trim().split(/\s+/).join(' ');
  } finally {
    await rm(folder, { recursive: true });
  }
}

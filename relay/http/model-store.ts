import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '#kernel/clock';
import type { Logger } from '#kernel/logger';
import { failed, messageOf, ok, type Problem, type Result } from '#kernel/result';
import type { ServedModel } from '../config/model-settings.ts';

export type ModelProblem = Problem<'model-unavailable'> & { detail: string };

export interface ModelStoreOptions {
  served: ServedModel;
  folder: string;
  clock: Clock;
  logger: Logger;
}

/** After a failure nobody is sent out again for this long; those who ask are told the same. */
export const RETRY_AFTER_MS = 60_000;
/** For the whole file, over the slowest line worth waiting for. */
const DOWNLOAD_TIMEOUT_MS = 5 * 60_000;

/**
 * One model's file on this machine: found, or fetched once and kept, and handed out only when its content is the one it
 * should be. Any number may ask at once; they wait for the same download.
 */
export class ModelStore {
  readonly #options: ModelStoreOptions;
  #outcome: Promise<Result<string, ModelProblem>> | undefined;
  #failedAtMs: number | undefined;

  constructor(options: ModelStoreOptions) {
    this.#options = options;
  }

  /** Path of the checked file. Never throws. */
  async path(): Promise<Result<string, ModelProblem>> {
    const outcome = this.#current();
    const result = await outcome;
    if (!result.ok || (await sizeOf(result.value)) === this.#options.served.model.bytes) return result;
    // Somebody cleared the folder. Who comes first starts over; the others join.
    if (this.#outcome === outcome) this.#outcome = undefined;
    return this.#current();
  }

  #current(): Promise<Result<string, ModelProblem>> {
    const { clock } = this.#options;
    if (this.#failedAtMs !== undefined && clock.nowMs() - this.#failedAtMs > RETRY_AFTER_MS) {
      this.#failedAtMs = undefined;
      this.#outcome = undefined;
    }
    return (this.#outcome ??= this.#obtain());
  }

  async #obtain(): Promise<Result<string, ModelProblem>> {
    const { served, folder, clock, logger } = this.#options;
    const path = served.path ?? join(folder, served.model.file);
    try {
      if (await this.#isRight(path)) return ok(path);
      if (served.source === undefined) throw new Error('the file is not the one it was when the relay started');
      await this.#fetchTo(path, served.source);
      return ok(path);
    } catch (error) {
      this.#failedAtMs = clock.nowMs();
      const detail = error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error);
      logger.warn('model.unavailable', { model: served.model.id, reason: detail });
      return failed({ kind: 'model-unavailable', retry: 'later', detail });
    }
  }

  async #isRight(path: string): Promise<boolean> {
    const { bytes, gitBlobId } = this.#options.served.model;
    if ((await sizeOf(path)) !== bytes) return false;
    const hash = createHash('sha1').update(`blob ${bytes}\0`);
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
    return hash.digest('hex') === gitBlobId;
  }

  /** Under its name only when it is whole and right: a relay that dies on the way leaves nothing that looks like one. */
  async #fetchTo(path: string, source: string): Promise<void> {
    const part = `${path}.${randomUUID()}.part`;
    await mkdir(dirname(path), { recursive: true });
    try {
      await this.#download(source, part);
      await rename(part, path);
    } finally {
      await rm(part, { force: true });
    }
    this.#options.logger.info('model.fetched', { model: this.#options.served.model.id });
  }

  async #download(source: string, part: string): Promise<void> {
    const { bytes, gitBlobId } = this.#options.served.model;
    const response = await fetch(source, { signal: AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS) });
    if (!response.ok || !response.body) throw new Error(`its source answers ${response.status}`);
    const hash = createHash('sha1').update(`blob ${bytes}\0`);
    let received = 0;
    const file = await open(part, 'wx');
    try {
      for await (const chunk of response.body) {
        received += chunk.length;
        if (received > bytes) break;
        hash.update(chunk);
        await file.writeFile(chunk);
      }
    } finally {
      await file.close();
    }
    if (received !== bytes || hash.digest('hex') !== gitBlobId) throw new Error('its source has another file');
  }
}

const sizeOf = (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ size }) => size,
    () => undefined,
  );

import type { Levels } from '../app-model.ts';

const POLL_MS = 40;
/** Slow enough to be read, quick enough to belong to what was just said. */
const SHOWN_EVERY_POLLS = 12;

type SlowReading = Pick<Levels, 'inputDb' | 'floorDb' | 'isOpen' | 'suppressedDb'>;

/** The levels about twice a second, for figures and for eyes that want no motion: the loudest of each half second. */
export class SlowLevels {
  #shown = $state.raw<SlowReading>();

  /** In a component's own initialisation; ends with it. `isLive`: whether the microphone is open. */
  constructor(levels: Levels, isLive: () => boolean) {
    $effect(() => {
      this.#shown = undefined;
      if (!isLive()) return;
      let loudest: SlowReading = { ...levels };
      let polls = 0;
      const timer = setInterval(() => {
        const isLouder = levels.inputDb > loudest.inputDb;
        loudest = {
          ...levels,
          inputDb: isLouder ? levels.inputDb : loudest.inputDb,
          isOpen: loudest.isOpen || levels.isOpen,
        };
        if (++polls % SHOWN_EVERY_POLLS !== 0) return;
        this.#shown = loudest;
        loudest = { ...levels };
      }, POLL_MS);
      return () => clearInterval(timer);
    });
  }

  /** Undefined while there is nothing to be heard. */
  get shown(): SlowReading | undefined {
    return this.#shown;
  }
}

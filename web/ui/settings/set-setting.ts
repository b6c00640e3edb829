import type { AppSettings } from '../app-model.ts';

/** Changes one setting; `undefined` goes back to its default. */
export type SetSetting = <K extends keyof AppSettings>(key: K, value: AppSettings[K] | undefined) => void;

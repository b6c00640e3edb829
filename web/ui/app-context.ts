import { createContext } from 'svelte';
import type { Controller } from './app-model.ts';
import type { AppView } from './app-view.svelte.ts';

export interface AppContext {
  view: AppView;
  controller: Controller;
}

/** Provided once by `web/app/App.svelte`. */
export const [useApp, provideApp] = createContext<AppContext>();

import { flushSync, mount, unmount } from 'svelte';
import { onTestFinished } from 'vitest';
import { IDLE_VIEW, type CallView } from '../../conversation/status.ts';
import type { Controller } from '../../ui/app-model.ts';
import { AppView } from '../../ui/app-view.svelte.ts';
import App from '../App.svelte';

export type Asked = { [K in keyof Controller]: [K, ...Parameters<Controller[K]>] }[keyof Controller];

/** The interface in this page until the test is over: what is asked for is noted, and settings are kept. */
export function openApp(): { view: AppView; asked: Asked[] } {
  const view = new AppView();
  const asked: Asked[] = [];
  const app = mount(App, { target: document.body, props: { view, controller: recorder(view, asked) } });
  flushSync();
  onTestFinished(() => void unmount(app));
  return { view, asked };
}

function recorder(view: AppView, asked: Asked[]): Controller {
  return {
    startCall: () => asked.push(['startCall']),
    endCall: () => asked.push(['endCall']),
    setMuted: (isMuted) => asked.push(['setMuted', isMuted]),
    interrupt: () => asked.push(['interrupt']),
    talkDown: () => asked.push(['talkDown']),
    talkUp: () => asked.push(['talkUp']),
    retry: () => asked.push(['retry']),
    newConversation: () => asked.push(['newConversation']),
    openConversation: (id) => asked.push(['openConversation', id]),
    renameConversation: (id, title) => asked.push(['renameConversation', id, title]),
    deleteConversation: (id) => asked.push(['deleteConversation', id]),
    changeSettings: (settings) => {
      asked.push(['changeSettings', settings]);
      view.settings = settings;
    },
    changeSetup: (setup) => {
      asked.push(['changeSetup', setup]);
      view.setup = setup;
    },
    retryModel: () => asked.push(['retryModel']),
    refreshDevices: () => asked.push(['refreshDevices']),
    playUserAudio: (utterance) => asked.push(['playUserAudio', utterance]),
    playReplyAudio: (utterance) => asked.push(['playReplyAudio', utterance]),
    stopPlaying: () => asked.push(['stopPlaying']),
  };
}

export function showCall(view: AppView, status: CallView['status'], more: Partial<CallView> = {}): void {
  view.call = { ...IDLE_VIEW, status, link: 'online', isMuted: status === 'muted', ...more };
  flushSync();
}

export function find(selector: string): HTMLElement {
  const found = document.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`nothing matches ${selector}`);
  return found;
}

/** Until the next drawing, and the ones after it. */
export function frames(count: number): Promise<void> {
  return new Promise((done) => {
    const next = (left: number) => (left === 0 ? done() : requestAnimationFrame(() => next(left - 1)));
    next(count);
  });
}

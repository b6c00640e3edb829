import type { Controller } from './app-model.ts';
import type { AppView } from './app-view.svelte.ts';
import { toShortcut, type KeyPress } from './shortcuts.ts';

/** Holds a turn open, by key or by the talk control, and sees to it that it is let go of again. */
export class PushToTalk {
  readonly #view: AppView;
  readonly #controller: Controller;
  #isTalking = $state.raw(false);

  constructor(view: AppView, controller: Controller) {
    this.#view = view;
    this.#controller = controller;
  }

  get isTalking(): boolean {
    return this.#isTalking;
  }

  talk = (isHeld: boolean): void => {
    if (isHeld === this.#isTalking) return;
    this.#isTalking = isHeld;
    if (isHeld) this.#controller.talkDown();
    else this.#controller.talkUp();
  };

  /** The window lost the focus: the key's way up would go to another program. */
  release = (): void => this.talk(false);

  keydown = (event: KeyboardEvent): void => this.#take(event, 'down');
  keyup = (event: KeyboardEvent): void => this.#take(event, 'up');

  #take(event: KeyboardEvent, phase: 'down' | 'up'): void {
    const shortcut = toShortcut(toKeyPress(event, phase), this.#view.call.status, this.#isTalking);
    if (!shortcut) return;
    // Also keeps the space bar from scrolling the page and from pressing a focused talk control.
    event.preventDefault();
    switch (shortcut) {
      case 'start':
        return this.#controller.startCall();
      case 'talk-down':
      case 'talk-up':
        return this.talk(shortcut === 'talk-down');
      case 'interrupt':
        return this.#controller.interrupt();
      case 'toggle-mute':
        return this.#controller.setMuted(!this.#view.call.isMuted);
      case 'swallow':
        return;
    }
  }
}

function toKeyPress(event: KeyboardEvent, phase: 'down' | 'up'): KeyPress {
  return {
    phase,
    key: event.key,
    isRepeat: event.repeat,
    hasModifier: event.ctrlKey || event.altKey || event.metaKey,
    target: toTarget(event.target),
    isCovered: document.querySelector('dialog[open], :popover-open') !== null,
  };
}

function toTarget(target: EventTarget | null): KeyPress['target'] {
  if (!(target instanceof HTMLElement)) return 'page';
  if (target.id === 'talk') return 'talk';
  if (target.isContentEditable || target.matches('input, textarea, select')) return 'field';
  return target.matches('button, a, summary') ? 'control' : 'page';
}

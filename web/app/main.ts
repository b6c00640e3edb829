import { mount } from 'svelte';
import { createConversationStore } from '../storage/conversations.ts';
import { Database } from '../storage/database.ts';
import { createSettingsStore } from '../storage/settings.ts';
import { parseAppSettings } from '../ui/app-settings.ts';
import { AppView } from '../ui/app-view.svelte.ts';
import { AppController } from './app-controller.ts';
import App from './App.svelte';
import { fetchRelayInfo } from './relay-info.ts';

/** The composition root: makes the parts of the page and joins them. The call worker comes with the first tap. */
const view = new AppView();
const database = new Database();
const settings = createSettingsStore(database);
const controller = new AppController(view, createConversationStore(database), settings);
mount(App, { target: document.body, props: { view, controller } });

void fetchRelayInfo().then((relay) => (view.relay = relay));
void controller.showConversations();
void settings.load().then((stored) => controller.applySettings(parseAppSettings(stored)));
void warmUpForRegulars();

async function warmUpForRegulars(): Promise<void> {
  // In an async function, because the API itself is missing in pages that came over plain HTTP.
  const query = async () => navigator.permissions.query({ name: 'microphone' });
  const permission = await query().catch(() => undefined);
  if (permission?.state !== 'granted') return;
  const whenIdle = globalThis.requestIdleCallback ?? ((callback: () => void) => setTimeout(callback, 500));
  whenIdle(() => controller.warmUp());
}

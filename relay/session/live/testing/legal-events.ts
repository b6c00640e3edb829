import type { LiveEvent, OutputPlace } from '../live-event.ts';

/** What follows what in one output item. */
const MESSAGE = /^added( item)? part( words| audio)*( audio-done)? words-done part-done( item-done)? done$/;
const CALL = /^added( item)? arguments arguments-done( item-done)? done$/;

/** Problems with the order of what was told; none means that every dialect can pass it on. */
export function illegalities(events: readonly LiveEvent[]): string[] {
  return [...responseProblems(events), ...itemProblems(events), ...speechProblems(events)];
}

function responseProblems(events: readonly LiveEvent[]): string[] {
  const problems: string[] = [];
  const open = new Map<string, { isOutOfBand: boolean; items: Map<string, string[]> }>();
  for (const event of events) {
    if (event.kind === 'response-created') {
      const { id, isOutOfBand } = event.response;
      if (open.has(id)) problems.push(`${id} was created twice`);
      const others = [...open.values()].filter((other) => !other.isOutOfBand);
      if (!isOutOfBand && others.length > 0) problems.push(`${id} began beside another`);
      open.set(id, { isOutOfBand, items: new Map() });
    } else if (event.kind === 'response-done') {
      const items = open.get(event.response.id)?.items;
      if (!open.delete(event.response.id)) problems.push('a response was done that is not open');
      for (const steps of items?.values() ?? []) {
        const course = steps.join(' ');
        if (!MESSAGE.test(course) && !CALL.test(course)) problems.push(`an item went ${course}`);
      }
    } else if ('at' in event) {
      const response = open.get(event.at.responseId);
      if (!response) problems.push(`${event.kind} outside of its response`);
      else if (!isInPlace(response.items, event.at)) problems.push('items of a response run into each other');
      else stepsOf(response.items, event.at).push(STEP[event.kind]);
    } else if (event.kind === 'item-added' || event.kind === 'item-done') {
      for (const { items } of open.values()) {
        items.get(event.item.id)?.push(event.kind === 'item-added' ? 'item' : 'item-done');
      }
    }
  }
  return problems;
}

const STEP = {
  'output-item-added': 'added',
  'output-item-done': 'done',
  'part-added': 'part',
  'part-done': 'part-done',
  audio: 'audio',
  'audio-done': 'audio-done',
  words: 'words',
  'words-done': 'words-done',
  arguments: 'arguments',
  'arguments-done': 'arguments-done',
} as const;

/** One item is given at a time: the next one begins when the one before is done. */
function isInPlace(items: ReadonlyMap<string, readonly string[]>, { itemId, outputIndex }: OutputPlace): boolean {
  const known = [...items.keys()];
  if (items.has(itemId)) return known.indexOf(itemId) === outputIndex && known.at(-1) === itemId;
  return known.length === outputIndex && [...items.values()].every((steps) => steps.at(-1) === 'done');
}

function stepsOf(items: Map<string, string[]>, { itemId }: OutputPlace): string[] {
  const steps = items.get(itemId) ?? [];
  items.set(itemId, steps);
  return steps;
}

function itemProblems(events: readonly LiveEvent[]): string[] {
  const added = new Set<string>();
  const problems: string[] = [];
  for (const event of events) {
    if (event.kind === 'item-added') added.add(event.item.id);
    else if (event.kind === 'item-done' && !added.has(event.item.id))
      problems.push('an item was done before it was there');
    else if (event.kind === 'transcript' && !added.has(event.itemId)) problems.push('words of an unknown item');
  }
  return problems;
}

function speechProblems(events: readonly LiveEvent[]): string[] {
  const problems: string[] = [];
  let speaking: string | undefined;
  for (const event of events) {
    if (event.kind === 'speech-started') {
      speaking = event.itemId;
    } else if (event.kind === 'speech-stopped') {
      if (event.itemId !== speaking) problems.push('speech stopped that had not started');
      speaking = undefined;
    } else if (event.kind === 'committed' && speaking !== undefined) {
      if (event.itemId !== speaking) problems.push('another item was committed than the one that is spoken');
      speaking = undefined;
    }
  }
  return problems;
}

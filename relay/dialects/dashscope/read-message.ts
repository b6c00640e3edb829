import { invalid, type ClientFault } from '../realtime/fault.ts';
import { parseObject } from '../realtime/parse-object.ts';
import { APPEND, parseClientEvent } from './client-event.ts';
import type { Dialogue } from './dialogue.ts';
import type { EventSender } from './event-sender.ts';
import { readSound } from './sound.ts';

/** Hands one message of a client to its dialogue. Tells what is wrong with it; whether it made sense as such. */
export function readMessage(text: string, dialogue: Dialogue, sender: EventSender): boolean {
  if (dialogue.isFinishing) return true;
  const refuse = (fault: ClientFault, madeSense: boolean): boolean => {
    sender.error(fault);
    return madeSense;
  };
  const answer = (fault: ClientFault | undefined): boolean => (fault ? refuse(fault, true) : true);
  const value = parseObject(text);
  if (!value) return refuse(invalid('invalid_json', 'The message is not a JSON object.'), false);
  if (value['type'] === APPEND) {
    const sound = readSound(value['audio']);
    if (!sound.ok) return refuse(sound.problem, false);
    return sound.value.length === 0 || answer(dialogue.append(sound.value));
  }
  const event = parseClientEvent(value);
  return event.ok ? answer(dialogue.receive(event.value)) : refuse(event.problem, false);
}

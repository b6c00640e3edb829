import { createJournal } from '../journal.ts';
import { Database } from '../database.ts';
import { IndexedDbJournalStore } from '../journal-store.ts';

/** A call worker reduced to its journal: speaks a frame each 32 ms until it is killed. Frame n is filled with n. */
interface Speak {
  database: string;
  conversation: string;
  utterance: string;
}

addEventListener('message', ({ data }: MessageEvent<Speak>) => {
  const journal = createJournal({ store: new IndexedDbJournalStore(new Database({ name: data.database })) });
  journal.beginUtterance(data.conversation, data.utterance);
  let frames = 0;
  setInterval(() => {
    journal.appendFrame(data.utterance, new Uint8Array(1024).fill(frames++));
    postMessage(frames);
  }, 32);
});

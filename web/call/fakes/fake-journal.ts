import { ok } from '#kernel/result';
import type { Journal, LogEntry, PendingUtterance } from '../../conversation/ports.ts';

/** A journal that keeps everything in plain sight. */
export class FakeJournal implements Journal {
  readonly calls: string[] = [];
  readonly frames = new Map<string, Uint8Array<ArrayBuffer>[]>();
  readonly log: LogEntry[] = [];
  readonly played = new Map<string, number>();
  left: PendingUtterance[] = [];

  beginUtterance(_conversation: string, utterance: string): void {
    this.calls.push(`begin ${utterance}`);
    this.frames.set(utterance, []);
  }
  appendFrame(utterance: string, pcm: Uint8Array<ArrayBuffer>): void {
    this.frames.get(utterance)?.push(pcm);
  }
  seal(utterance: string) {
    this.calls.push(`seal ${utterance}`);
    return Promise.resolve(ok(undefined));
  }
  reopen(utterance: string): void {
    this.calls.push(`reopen ${utterance}`);
  }
  discard(utterance: string): void {
    this.calls.push(`discard ${utterance}`);
    this.frames.delete(utterance);
  }
  noteAttempt(): void {}
  notePlayed(utterance: string, playedSample: number): void {
    this.played.set(utterance, playedSample);
  }
  appendReply(): void {}
  settle(utterance: string, attempt: number) {
    this.calls.push(`settle ${utterance}/${attempt}`);
    return Promise.resolve(ok(undefined));
  }
  pending() {
    return Promise.resolve(this.left);
  }
  playedSample(utterance: string) {
    return Promise.resolve(this.played.get(utterance) ?? 0);
  }
  userAudio() {
    return Promise.resolve(undefined);
  }
  appendLog(entry: LogEntry): void {
    this.log.push(entry);
  }
  flush() {
    return Promise.resolve();
  }
  onHealth() {
    return () => {};
  }
  close(): void {}
}

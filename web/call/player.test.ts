import { describe, expect, it } from 'vitest';
import { VirtualClock } from '#kernel/clock';
import type { PlaybackCommand } from '../audio/worklets/playback.messages.ts';
import { Player } from './player.ts';

function bench() {
  const clock = new VirtualClock();
  const heard: string[] = [];
  const commands: PlaybackCommand[] = [];
  const player = new Player(clock, {
    audible: (stream) => heard.push(`audible ${stream}`),
    tapped: (frame) => heard.push(`tapped ${frame.sequence}`),
    played: (utterance, attempt, sample) => heard.push(`played ${utterance}/${attempt} ${sample}`),
    drained: (stream) => heard.push(`drained ${stream}`),
    stopped: (stream, sample) => heard.push(`stopped ${stream} ${sample}`),
  });
  player.attach({ postMessage: (command) => commands.push(command) });
  const chunk = (...samples: number[]) => new Uint8Array(Int16Array.from(samples).buffer);
  const audio = () => commands.flatMap((command) => (command.type === 'audio' ? [...command.pcm] : []));
  return { clock, player, heard, commands, chunk, audio };
}

describe('Player', () => {
  it('holds an answer until it may be played, then plays all of it in order', () => {
    const { player, commands, chunk, audio } = bench();
    player.begin('u', 1, 24_000);
    player.append('u', 1, chunk(1, 2));
    expect(commands).toEqual([]);
    player.start(5, 'u', 1);
    player.append('u', 1, chunk(3));
    expect(commands[0]).toEqual({ type: 'start', stream: 5, rateHz: 24_000 });
    expect(audio()).toEqual([1, 2, 3]);
  });

  it('plays at the rate the answer came with', () => {
    const { player, commands, chunk } = bench();
    player.begin('u', 1, 44_100);
    player.append('u', 1, chunk(1));
    player.start(1, 'u', 1);
    expect(commands[0]).toMatchObject({ rateHz: 44_100 });
  });

  it('never mixes two attempts', () => {
    const { player, chunk, audio } = bench();
    player.append('u', 1, chunk(1));
    player.append('u', 2, chunk(2));
    player.start(1, 'u', 2);
    player.append('u', 1, chunk(1));
    expect(audio()).toEqual([2]);
  });

  it('copies the samples out of the message they came in', () => {
    const { player, commands } = bench();
    const message = new Uint8Array(16);
    message.set([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 8, 0]);
    player.start(1, 'u', 1);
    player.append('u', 1, message.subarray(12));
    const sent = commands.find((command) => command.type === 'audio');
    expect(sent?.type === 'audio' && sent.pcm.buffer.byteLength).toBe(4);
  });

  it('reports what was played once per advance, and only of the stream that plays', () => {
    const { player, heard } = bench();
    player.start(1, 'u', 1);
    player.handle({ type: 'progress', stream: 1, playedSamples: 100, bufferedMs: 10, levelDb: -20 });
    player.handle({ type: 'progress', stream: 1, playedSamples: 100, bufferedMs: 10, levelDb: -20 });
    player.handle({ type: 'progress', stream: 0, playedSamples: 900, bufferedMs: 10, levelDb: -20 });
    player.handle({ type: 'drained', stream: 1, playedSamples: 150, contextTime: 1 });
    expect(heard).toEqual(['played u/1 100', 'played u/1 150', 'drained 1']);
  });

  it('passes on where the worklet stopped', () => {
    const { clock, player, heard } = bench();
    player.start(1, 'u', 1);
    player.stop(1, 20);
    player.handle({ type: 'stopped', stream: 1, playedSamples: 4_800, contextTime: 1 });
    clock.advance(1000);
    expect(heard).toEqual(['stopped 1 4800']);
  });

  it('does not wait for ever on a worklet that is asleep', () => {
    const { clock, player, heard } = bench();
    player.start(1, 'u', 1);
    player.handle({ type: 'progress', stream: 1, playedSamples: 700, bufferedMs: 10, levelDb: -20 });
    player.stop(1, 20);
    clock.advance(300);
    expect(heard).toEqual(['played u/1 700', 'stopped 1 700']);
  });

  it('is not fooled by the end of a stream that was replaced', () => {
    const { clock, player, heard } = bench();
    player.start(1, 'u', 1);
    player.start(2, 'v', 1);
    player.stop(2, 20);
    player.handle({ type: 'stopped', stream: 1, playedSamples: 10, contextTime: 1 });
    clock.advance(300);
    expect(heard).toEqual(['stopped 1 10', 'stopped 2 0']);
  });

  it('counts every gap the ear heard', () => {
    const { player } = bench();
    player.start(1, 'u', 1);
    player.handle({ type: 'underrun', stream: 1, playedSamples: 10, reserveMs: 80 });
    player.handle({ type: 'overflow', stream: 1, droppedSamples: 10 });
    expect(player.underruns).toBe(2);
  });

  it('stands still and goes on, plays cues, and gives the tap its buffers back', () => {
    const { player, heard, commands } = bench();
    player.start(5, 'u', 1);
    player.pause(5, 20);
    player.resume(5, 100);
    player.cue(24_000, new Int16Array([7]));
    player.handle({ type: 'tap', sequence: 9, pcm: new Int16Array(512), endContextTime: 1 });
    expect(commands.map((command) => command.type)).toEqual(['start', 'pause', 'resume', 'cue', 'recycle']);
    expect(heard).toEqual(['tapped 9']);
  });
});

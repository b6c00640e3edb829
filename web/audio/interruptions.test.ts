import { describe, expect, it } from 'vitest';
import { Scope } from '#kernel/scope';
import { resumeAfterInterruptions, type AudioSession } from './interruptions.ts';

class FakeContext extends EventTarget {
  state = 'running';
  resumes = 0;
  /** Whether the browser wants a tap first. */
  wantsTap = false;
  resume(): Promise<void> {
    this.resumes++;
    if (this.wantsTap) return Promise.reject(new Error('not allowed'));
    this.become('running');
    return Promise.resolve();
  }
  become(state: string): void {
    this.state = state;
    this.dispatchEvent(new Event('statechange'));
  }
}

function fakePage({ hasSession = true } = {}) {
  const context = new FakeContext();
  const session: AudioSession = Object.assign(new EventTarget(), { type: 'auto', state: 'active' as const });
  const gestures = new EventTarget();
  const visibility = Object.assign(new EventTarget(), { visibilityState: 'visible' as DocumentVisibilityState });
  const scope = new Scope();
  const audioSession = hasSession ? session : undefined;
  resumeAfterInterruptions(context, scope, { audioSession, gestures, visibility });
  const become = (state: 'active' | 'interrupted') => {
    session.state = state;
    session.dispatchEvent(new Event('statechange'));
  };
  return { context, become, gestures, visibility, scope };
}

describe('resumeAfterInterruptions', () => {
  it('resumes as soon as the phone call is over, not before', () => {
    const { context, become } = fakePage();
    become('interrupted');
    context.become('interrupted');
    expect(context.resumes).toBe(0);
    become('active');
    expect(context.state).toBe('running');
  });

  it('resumes when the context learns of the interruption after its end', () => {
    const { context, become } = fakePage();
    become('interrupted');
    become('active');
    context.become('interrupted');
    expect(context.state).toBe('running');
  });

  it('resumes with the next tap where it may not without one', () => {
    const { context, become, gestures } = fakePage();
    context.wantsTap = true;
    become('interrupted');
    context.become('interrupted');
    become('active');
    expect(context.state).toBe('interrupted');
    context.wantsTap = false;
    gestures.dispatchEvent(new Event('touchend'));
    expect(context.state).toBe('running');
  });

  it('resumes with a tap or on being seen again also where there is no audio session', () => {
    const { context, gestures, visibility } = fakePage({ hasSession: false });
    context.become('suspended');
    gestures.dispatchEvent(new Event('keydown'));
    expect(context.state).toBe('running');
    context.become('suspended');
    visibility.visibilityState = 'hidden';
    visibility.dispatchEvent(new Event('visibilitychange'));
    expect(context.state).toBe('suspended');
    visibility.visibilityState = 'visible';
    visibility.dispatchEvent(new Event('visibilitychange'));
    expect(context.state).toBe('running');
  });

  it('leaves a running and a closed context alone, and everything once its scope is gone', () => {
    const { context, gestures, scope } = fakePage();
    gestures.dispatchEvent(new Event('click'));
    context.state = 'closed';
    gestures.dispatchEvent(new Event('click'));
    context.state = 'suspended';
    scope.dispose();
    gestures.dispatchEvent(new Event('click'));
    expect(context.resumes).toBe(0);
  });
});

import { messageOf, type Problem, type Retry } from '#kernel/result';
import type { MicrophoneProblemKind } from '../conversation/ports.ts';

const RETRY: Record<MicrophoneProblemKind, Retry> = {
  'mic-denied': 'never',
  'mic-dismissed': 'now',
  'mic-missing': 'later',
  'mic-busy': 'later',
  'mic-policy': 'never',
  'mic-insecure': 'never',
  'mic-overconstrained': 'never',
  'mic-failed': 'later',
};

export function microphoneProblem(kind: MicrophoneProblemKind, detail: string): Problem<MicrophoneProblemKind> {
  return { kind, retry: RETRY[kind], detail };
}

/**
 * What `getUserMedia` meant by rejecting.
 *
 * @param permission what the browser says about the permission after the rejection, if it says anything
 */
export function classifyRejection(
  thrown: unknown,
  permission: PermissionState | undefined,
): Problem<MicrophoneProblemKind> {
  const name = thrown instanceof Error ? thrown.name : '';
  return microphoneProblem(kindOf(name, messageOf(thrown), permission), `${name}: ${messageOf(thrown)}`);
}

function kindOf(name: string, message: string, permission: PermissionState | undefined): MicrophoneProblemKind {
  switch (name) {
    case 'NotAllowedError':
      // A question that was closed without an answer leaves the permission open; Chromium also says so in its message.
      return permission === 'prompt' || /dismissed/i.test(message) ? 'mic-dismissed' : 'mic-denied';
    case 'SecurityError':
      return 'mic-policy';
    case 'NotFoundError':
      return 'mic-missing';
    case 'NotReadableError':
      return 'mic-busy';
    case 'OverconstrainedError':
      return 'mic-overconstrained';
    default:
      return 'mic-failed';
  }
}

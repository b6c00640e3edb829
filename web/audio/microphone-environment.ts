import type { AudioSession } from './interruptions.ts';

/** What the browser offers around the microphone, so that the decisions can be tested without a browser. */
export interface MicrophoneEnvironment {
  /** Missing in insecure contexts, and in browsers without any. */
  mediaDevices: Pick<MediaDevices, 'getUserMedia'> | undefined;
  isSecureContext: boolean;
  /** False when the embedding page or the site's own headers forbid the microphone; true where that cannot be asked. */
  isAllowedByPolicy(): boolean;
  permission(): Promise<PermissionState | undefined>;
  /** Called right before the browser is asked. */
  prepare(): void;
}

/** Not in TypeScript's DOM library: Chromium has only the older name, Safari alone has the audio session. */
type PolicyDocument = Document & { featurePolicy?: { allowsFeature(feature: string): boolean } };
type SessionNavigator = Navigator & { audioSession?: AudioSession };

export const browserMicrophoneEnvironment: MicrophoneEnvironment = {
  get mediaDevices() {
    // The types say that it always exists.
    return (navigator as { mediaDevices?: MediaDevices }).mediaDevices;
  },
  get isSecureContext() {
    return globalThis.isSecureContext;
  },
  isAllowedByPolicy() {
    return (document as PolicyDocument).featurePolicy?.allowsFeature('microphone') ?? true;
  },
  async permission() {
    try {
      return (await navigator.permissions.query({ name: 'microphone' })).state;
    } catch {
      // Browsers that do not know the name throw.
      return undefined;
    }
  },
  prepare() {
    // Set before the microphone opens, or the volume of iPhones jumps when it does (WebKit pull request 26607).
    const session = (navigator as SessionNavigator).audioSession;
    if (session) session.type = 'play-and-record';
  },
};

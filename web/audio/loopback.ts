import { failed, messageOf, ok, type Problem, type Result } from '#kernel/result';
import type { Scope } from '#kernel/scope';
import { preferLowDelay } from './loopback-sdp.ts';

/**
 * A call to ourselves: sound goes through two peer connections of this page into an audio element. Chromium's echo
 * canceller always knows what a peer connection plays, while what an audio context plays escapes it on some devices.
 */
export interface Loopback {
  readonly input: AudioNode;
  /**
   * How much later than straight out of the context it is heard, in seconds, on average since the last time this was
   * asked. 40 ms on a quiet machine; the jitter buffer grows to three times that where threads are late.
   */
  delaySeconds(): Promise<number>;
  /** Rejects as `setSinkId` of an audio element does. */
  setSink(deviceId: string): Promise<void>;
}

export type LoopbackResult = Result<Loopback, Problem<'loopback-failed'>>;

/** Not in TypeScript's DOM library; Chromium only. */
type EagerReceiver = RTCRtpReceiver & { jitterBufferTarget?: number | null };

const CONNECT_TIMEOUT_MS = 3_000;
/**
 * By how much the way through the loop-back is longer than the straight one besides its jitter buffer: coding in blocks
 * of 10 ms (Opus looks 6.5 ms ahead), less what an audio element buffers less than a context. Recorded from outside, off
 * a sound card's monitor, bursts came 65 ms later than straight ones while the jitter buffer held 54, and 38 for 30.
 */
const CODING_SECONDS = 0.01;
/** The jitter buffer finds its length on the silence of the beginning; what it was before the second look is forgotten. */
const LOOK_EVERY_MS = 100;
const MAX_LOOKS = 10;

/**
 * `scope` owns it. It plays at once; nothing is heard until something is connected to its input. `onBroken`: it fell
 * silent, as when the computer changes from one network to another.
 */
export async function createLoopback(
  context: AudioContext,
  scope: Scope,
  onBroken: () => void = () => undefined,
): Promise<LoopbackResult> {
  const [near, far] = [new RTCPeerConnection(), new RTCPeerConnection()];
  scope.add(() => {
    near.close();
    far.close();
  });
  const input = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
  // A destination without input sends nothing, and the receiver would meet the first sound unprepared.
  const silence = new ConstantSourceNode(context, { offset: 0 });
  silence.connect(input);
  silence.start();
  scope.add(() => silence.disconnect());
  const element = new Audio();
  scope.add(() => {
    element.pause();
    element.srcObject = null;
  });
  try {
    for (const track of input.stream.getAudioTracks()) near.addTrack(track, input.stream);
    const received = receive(far, scope);
    await join(near, far);
    const { receiver, stream } = await received;
    scope.listen(far, 'connectionstatechange', () => {
      if (far.connectionState === 'disconnected' || far.connectionState === 'failed') onBroken();
    });
    // As little waiting as the receiver dares: nothing gets lost on the way from a page to itself.
    receiver.jitterBufferTarget = 0;
    element.srcObject = stream;
    await element.play();
    const jitterBuffer = watchJitterBuffer(receiver);
    for (let looks = 0, settled = 0; looks < MAX_LOOKS && settled < 3; looks++) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      if ((await jitterBuffer()) > 0) settled++;
    }
    return ok({
      input,
      delaySeconds: async () => CODING_SECONDS + (await jitterBuffer()),
      setSink: (deviceId) => element.setSinkId(deviceId),
    });
  } catch (thrown) {
    return failed({ kind: 'loopback-failed', retry: 'later', detail: messageOf(thrown) });
  }
}

/** The far end's stream, once it is connected. */
function receive(far: RTCPeerConnection, scope: Scope): Promise<{ receiver: EagerReceiver; stream: MediaStream }> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no connection in time')), CONNECT_TIMEOUT_MS);
    scope.add(() => clearTimeout(timer));
    let received: { receiver: EagerReceiver; stream: MediaStream } | undefined;
    const look = () => {
      if (far.connectionState === 'failed') reject(new Error('the connection failed'));
      if (!received || far.connectionState !== 'connected') return;
      clearTimeout(timer);
      resolve(received);
    };
    far.ontrack = ({ receiver, track }) => {
      received = { receiver, stream: new MediaStream([track]) };
      look();
    };
    far.onconnectionstatechange = look;
  });
}

async function join(near: RTCPeerConnection, far: RTCPeerConnection): Promise<void> {
  const pass = (to: RTCPeerConnection) => (event: RTCPeerConnectionIceEvent) => {
    // One that arrives when the other end is closed already is of no use to anybody.
    to.addIceCandidate(event.candidate ?? undefined).catch(() => undefined);
  };
  near.onicecandidate = pass(far);
  far.onicecandidate = pass(near);
  const offer = await near.createOffer();
  await near.setLocalDescription(offer);
  await far.setRemoteDescription(offer);
  const { type, sdp } = await far.createAnswer();
  await far.setLocalDescription({ type, sdp: sdp ?? '' });
  // What the receiver asks for is what the sender does.
  await near.setRemoteDescription({ type, sdp: preferLowDelay(sdp ?? '') });
}

/** How long a sample waited in the jitter buffer, on average since the last time this was asked, in seconds. */
function watchJitterBuffer(receiver: RTCRtpReceiver): () => Promise<number> {
  let [delay, emitted, average] = [0, 0, 0];
  return async () => {
    for (const stats of (await receiver.getStats()).values()) {
      const { type, jitterBufferDelay, jitterBufferEmittedCount } = stats as RTCInboundRtpStreamStats;
      if (type !== 'inbound-rtp' || jitterBufferDelay === undefined || jitterBufferEmittedCount === undefined) continue;
      if (jitterBufferEmittedCount > emitted)
        average = (jitterBufferDelay - delay) / (jitterBufferEmittedCount - emitted);
      [delay, emitted] = [jitterBufferDelay, jitterBufferEmittedCount];
    }
    return average;
  };
}

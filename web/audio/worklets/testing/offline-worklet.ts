import captureWorkletUrl from '../capture.worklet.ts?worker&url';
import playbackWorkletUrl from '../playback.worklet.ts?worker&url';

const WORKLET_URLS = { capture: captureWorkletUrl, playback: playbackWorkletUrl };

export interface OfflineWorklet<Command, Event> {
  context: OfflineAudioContext;
  node: AudioWorkletNode;
  /** What came over the port so far. */
  events: Event[];
  send(command: Command, transfer?: Transferable[]): void;
  /** Runs `act` when rendering has come to `seconds`, rounded up to a render quantum, and waits for what it posts. */
  at(seconds: number, act: () => void): void;
  /** Renders to the end, and returns the first channel of what came out. */
  render(): Promise<Float32Array>;
}

/** A real worklet in an offline context, connected as the call worker connects it: over a port of its own. */
export async function createOfflineWorklet<Command, Event>(
  name: keyof typeof WORKLET_URLS,
  { rateHz, seconds, processorOptions }: { rateHz: number; seconds: number; processorOptions: object },
): Promise<OfflineWorklet<Command, Event>> {
  const context = new OfflineAudioContext(1, Math.round(rateHz * seconds), rateHz);
  await context.audioWorklet.addModule(WORKLET_URLS[name]);
  const node = new AudioWorkletNode(context, name, { outputChannelCount: [1], processorOptions });
  node.connect(context.destination);
  const { port1, port2 } = new MessageChannel();
  node.port.postMessage({ type: 'connect', port: port1 }, [port1]);
  const events: Event[] = [];
  port2.onmessage = ({ data }: MessageEvent<Event>) => events.push(data);
  return {
    context,
    node,
    events,
    send: (command, transfer = []) => port2.postMessage(command, transfer),
    at(seconds, act) {
      // An offline context hands messages to its worklets only while it does not render.
      void context.suspend(seconds).then(async () => {
        act();
        await settle();
        await context.resume();
      });
    },
    async render() {
      await settle();
      const buffer = await context.startRendering();
      await settle();
      return buffer.getChannelData(0);
    },
  };
}

/** Until messages posted in either direction have arrived; there is no event that says so. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 100));

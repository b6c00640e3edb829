import { settled, type LiveStage } from './live-stage.ts';

/** Says so many milliseconds and falls silent, as the detector tells it. */
export async function speak(stage: LiveStage, ms: number): Promise<void> {
  stage.listen();
  const { detector } = stage.ears;
  const from = detector.samples;
  stage.hear(ms + 600);
  detector.signal({ kind: 'started', startSample: from + 160 });
  detector.signal({ kind: 'stopped', endSample: from + ms * 16 });
  await settled();
}

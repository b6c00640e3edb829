import type { Status } from '../../conversation/status.ts';
import type { LevelTrail } from './level-trail.ts';

/** The few things the painter does with a canvas. */
export type RingContext = Pick<
  CanvasRenderingContext2D,
  'clearRect' | 'beginPath' | 'stroke' | 'strokeStyle' | 'lineCap' | 'lineWidth' | 'globalAlpha'
> & { arc(x: number, y: number, radius: number, from: number, to: number): void };

/** One frame of the sound around the talk control. */
export interface RingScene {
  /** Diameters of the drawing and of the control's disc in its middle. */
  sizePx: number;
  discPx: number;
  status: Status;
  trail: LevelTrail;
  nowMs: number;
  /** Reduced motion: levels are shown, nothing turns or travels. */
  isStill: boolean;
}

const IDLE_RINGS = 3;

/** Rings of sound: what you say travels in to the control, what it says travels out from it. */
export function paintRing(context: RingContext, colour: string, scene: RingScene): void {
  context.clearRect(0, 0, scene.sizePx, scene.sizePx);
  context.strokeStyle = colour;
  context.lineCap = 'round';
  switch (scene.status) {
    case 'listening':
    case 'hearing':
    case 'speaking':
      paintSound(context, scene);
      break;
    case 'thinking':
    case 'connecting':
    case 'reconnecting':
      paintOrbit(context, scene);
      break;
    default:
      paintRest(context, scene, scene.status === 'idle' ? IDLE_RINGS : 1);
  }
  context.globalAlpha = 1;
}

function paintSound(context: RingContext, scene: RingScene): void {
  const { status, trail, isStill } = scene;
  const { centre, inner } = radii(scene);
  const gap = (centre - inner) / trail.length;
  const phase = isStill ? 0 : trail.phase;
  for (let age = 0; age < trail.length; age++) {
    const loudness = trail.at(isStill ? 0 : age);
    const travelled = age + phase;
    const fade = (isStill ? 1 : Math.min(1, travelled)) * (1 - travelled / trail.length);
    const isReached = !isStill || age / trail.length < loudness;
    if (loudness < 0.02 || fade <= 0 || !isReached) continue;
    const outward = status === 'speaking' || isStill ? travelled : trail.length - travelled;
    circle(context, centre, inner + gap * outward, 0.75 + 2.5 * loudness * fade, (0.1 + 0.8 * loudness) * fade);
  }
  circle(context, centre, inner + 3, 1.5 + 4 * trail.at(0), 0.35 + 0.5 * trail.at(0));
}

const TURN_MS = 2600;

function paintOrbit(context: RingContext, scene: RingScene): void {
  const { status, nowMs, isStill } = scene;
  const { centre, inner } = radii(scene);
  const turn = isStill ? 0 : ((nowMs % TURN_MS) / TURN_MS) * 2 * Math.PI;
  const arcs = status === 'thinking' ? 3 : 1;
  for (let arc = 0; arc < arcs; arc++) {
    const radius = inner + 6 + arc * (centre - inner) * 0.25;
    circle(context, centre, radius, 1, 0.18);
    const from = turn * (1 - arc * 0.25) + arc * 2.1;
    context.globalAlpha = 0.85 - arc * 0.25;
    context.lineWidth = 2.5 - arc * 0.5;
    context.beginPath();
    context.arc(centre, centre, radius, from, from + 1.3);
    context.stroke();
  }
}

function paintRest(context: RingContext, scene: RingScene, rings: number): void {
  const { centre, inner } = radii(scene);
  for (let ring = 0; ring < rings; ring++) {
    circle(context, centre, inner + 6 + ring * (centre - inner) * 0.26, 1.25, 0.5 - ring * 0.16);
  }
}

const radii = ({ sizePx, discPx }: RingScene) => ({ centre: sizePx / 2, inner: discPx / 2 });

function circle(context: RingContext, centre: number, radius: number, width: number, alpha: number): void {
  context.globalAlpha = alpha;
  context.lineWidth = width;
  context.beginPath();
  context.arc(centre, centre, Math.max(0, Math.min(radius, centre - width)), 0, 2 * Math.PI);
  context.stroke();
}

/** Text as it may stand in HTML, in attributes too. */
export const escape = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** A straight scale from values to places. */
export interface Scale {
  (value: number): number;
  ticks: number[];
}

/** From 0 or below to a round number at or above `max`. */
export function toScale(
  [from, to]: readonly [number, number],
  [start, end]: readonly [number, number],
  wanted = 5,
): Scale {
  const step = roundStep((to - from) / wanted);
  const low = Math.floor(from / step) * step;
  const high = Math.max(low + step, Math.ceil(to / step) * step);
  const scale = (value: number): number => start + ((value - low) / (high - low)) * (end - start);
  const count = Math.round((high - low) / step);
  return Object.assign(scale, { ticks: Array.from({ length: count + 1 }, (_, i) => low + i * step) });
}

/** 1, 2 or 5 times a power of ten. */
function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(step, 1e-9)));
  const lead = step / power;
  return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
}

/** One decimal of a pixel is finer than anybody sees. */
export const px = (value: number): string => String(Math.round(value * 10) / 10);

export const toPath = (points: readonly (readonly [number, number])[]): string =>
  points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${px(x)} ${px(y)}`).join('');

export const text = (x: number, y: number, words: string, attributes = ''): string =>
  `<text x="${px(x)}" y="${px(y)}" ${attributes}>${escape(words)}</text>`;

export interface Frame {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** A drawing that grows with the page; what it shows in words, for who cannot see it. */
export const drawing = ({ width, height }: Pick<Frame, 'width' | 'height'>, label: string, body: string): string =>
  `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(label)}">${body}</svg>`;

/** Lines and figures below a plot; `unit` stands at its end. */
export function xAxis(frame: Frame, scale: Scale, unit: string): string {
  const y = frame.height - frame.bottom;
  const ticks = scale.ticks.map(
    (tick) =>
      `<path class="grid" d="M${px(scale(tick))} ${frame.top}V${y}"/>${text(scale(tick), y + 14, String(tick), 'class="tick" text-anchor="middle"')}`,
  );
  return ticks.join('') + text(frame.width - frame.right, y + 28, unit, 'class="tick" text-anchor="end"');
}

export function yAxis(frame: Frame, scale: Scale, unit: string): string {
  const ticks = scale.ticks.map(
    (tick) =>
      `<path class="grid" d="M${frame.left} ${px(scale(tick))}H${frame.width - frame.right}"/>${text(frame.left - 4, scale(tick) + 4, String(tick), 'class="tick" text-anchor="end"')}`,
  );
  return ticks.join('') + text(4, frame.top - 8, unit, 'class="tick"');
}

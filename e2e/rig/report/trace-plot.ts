import type { Trace } from '../result.ts';
import { drawing, px, text, toPath, toScale, xAxis, yAxis, type Frame } from './svg.ts';

const FLOOR_DB = -80;
const FIRST_MARK_ROW = 12;

/** What the microphone and the page sounded like over one moment, and what happened when. */
export function tracePlot({ stepMs, microphoneDb, pageDb, marks }: Trace): string {
  const rows = Math.min(3, marks.length);
  const frame: Frame = { width: 360, height: 220 + 12 * rows, left: 30, right: 12, top: 24 + 12 * rows, bottom: 36 };
  const x = toScale(
    [0, stepMs * Math.max(microphoneDb.length, pageDb.length)],
    [frame.left, frame.width - frame.right],
  );
  const y = toScale([FLOOR_DB, 0], [frame.height - frame.bottom, frame.top], 4);
  const envelope = (levels: readonly number[], color: string): string =>
    `<g class="${color}"><path class="line" d="${toPath(levels.map((db, i) => [x(i * stepMs), y(Math.max(FLOOR_DB, db))] as const))}"/></g>`;
  const events = marks.map(({ atMs, what }, i) => {
    const at = x(atMs);
    const anchor = at > frame.width / 2 ? 'end' : 'start';
    const row = FIRST_MARK_ROW + 12 * (i % 3);
    return `<path class="limit" d="M${px(at)} ${row + 3}V${frame.height - frame.bottom}"/>${text(at, row, `${what} ${Math.round(atMs)}`, `text-anchor="${anchor}"`)}`;
  });
  const axes = yAxis(frame, y, 'dBFS') + xAxis(frame, x, 'ms');
  const words = marks.map(({ atMs, what }) => `${what} at ${Math.round(atMs)} ms`).join(', ');
  return drawing(
    frame,
    `Levels of microphone and page: ${words}`,
    axes + envelope(microphoneDb, 's1') + envelope(pageDb, 's0') + events.join(''),
  );
}

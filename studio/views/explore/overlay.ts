/** What lies over the points: axes, the place that is decoded, marks around images, the outline of a selection, a walk. */
import { tickLabels, ticks } from '../../parts/plot/ticks.ts';
import { shownBounds, toPixels, type Viewport } from '../../parts/plot/viewport.ts';
import type { Outline } from './lasso.ts';

/** Room for the axes' numbers, in CSS pixels. */
export const GUTTER = { left: 58, bottom: 38, top: 1, right: 1 } as const;

export interface Marks {
  readonly view: Viewport;
  readonly labels: readonly string[];
  readonly colours: {
    readonly ink: string;
    readonly soft: string;
    readonly line: string;
    readonly ground: string;
  };
  readonly accent: string;
  readonly cursor: readonly number[] | null;
  readonly hovered: readonly [number, number] | null;
  readonly selected: readonly [number, number] | null;
  readonly outline: Outline | null;
  readonly walk: readonly (readonly number[])[];
  /** The place on the walk that is shown. */
  readonly step: number;
}

export function drawMarks(canvas: HTMLCanvasElement, marks: Marks, ratio: number): void {
  const { view, colours } = marks;
  const [width, height] = [view.width + GUTTER.left + GUTTER.right, view.height + GUTTER.top + GUTTER.bottom];
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
  }
  const context = canvas.getContext('2d')!;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  drawAxes(context, marks);

  context.save();
  context.translate(GUTTER.left, GUTTER.top);
  context.beginPath();
  context.rect(0, 0, view.width, view.height);
  context.clip();
  const at = (place: readonly number[]) => toPixels(view, place[0]!, place[1]!);
  if (marks.outline !== null && marks.outline.length > 1) {
    trace(context, marks.outline.map(at), true);
    context.globalAlpha = 0.1;
    context.fillStyle = marks.accent;
    context.fill('evenodd');
    context.globalAlpha = 1;
    haloed(context, marks.accent, colours.ground, 2);
  }
  if (marks.walk.length > 1) {
    trace(context, marks.walk.map(at), false);
    haloed(context, colours.ink, colours.ground, 2);
    for (const [i, place] of marks.walk.entries()) {
      dot(context, at(place), i === marks.step ? 5 : 3);
      context.fillStyle = i === marks.step ? marks.accent : colours.ink;
      context.fill();
    }
  }
  for (const [place, size] of [
    [marks.selected, 9],
    [marks.hovered, 7],
  ] as const) {
    if (place === null) continue;
    dot(context, at(place), size);
    haloed(context, place === marks.selected ? marks.accent : colours.ink, colours.ground, 2);
  }
  if (marks.cursor !== null) {
    const [x, y] = at(marks.cursor);
    context.beginPath();
    for (const [dx, dy] of [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ] as const) {
      context.moveTo(x + 3 * dx, y + 3 * dy);
      context.lineTo(x + 10 * dx, y + 10 * dy);
    }
    haloed(context, colours.ink, colours.ground, 1.5);
  }
  context.restore();
}

function drawAxes(context: CanvasRenderingContext2D, { view, labels, colours }: Marks): void {
  const bounds = shownBounds(view);
  const [left, bottom] = [GUTTER.left, GUTTER.top + view.height];
  context.font = '12px system-ui, sans-serif';
  context.fillStyle = colours.soft;
  context.strokeStyle = colours.line;
  context.lineWidth = 1;
  context.strokeRect(left - 0.5, GUTTER.top - 0.5, view.width + 1, view.height + 1);
  context.beginPath();
  const xs = ticks(bounds.left, bounds.right, Math.max(2, view.width / 65));
  context.textAlign = 'center';
  context.textBaseline = 'top';
  for (const [i, text] of tickLabels(xs).entries()) {
    const x = left + toPixels(view, xs[i]!, 0)[0];
    context.moveTo(x, bottom);
    context.lineTo(x, bottom + 4);
    // A number at the very edge would be cut off.
    const half = context.measureText(text).width / 2;
    context.fillText(text, Math.min(x, left + view.width - half), bottom + 6);
  }
  const ys = ticks(bounds.bottom, bounds.top, Math.max(2, view.height / 60));
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (const [i, text] of tickLabels(ys).entries()) {
    const y = GUTTER.top + toPixels(view, 0, ys[i]!)[1];
    context.moveTo(left - 4, y);
    context.lineTo(left, y);
    if (y > GUTTER.top + 6 && y < bottom - 6) context.fillText(text, left - 6, y);
  }
  context.stroke();
  context.fillStyle = colours.ink;
  context.textAlign = 'center';
  context.textBaseline = 'bottom';
  context.fillText(labels[0]!, left + view.width / 2, bottom + GUTTER.bottom);
  context.save();
  context.translate(0, GUTTER.top + view.height / 2);
  context.rotate(-Math.PI / 2);
  context.textBaseline = 'top';
  context.fillText(labels[1]!, 0, 0);
  context.restore();
}

function trace(
  context: CanvasRenderingContext2D,
  places: readonly (readonly [number, number])[],
  closed: boolean,
): void {
  context.beginPath();
  for (const [x, y] of places) context.lineTo(x, y);
  if (closed) context.closePath();
}

function dot(context: CanvasRenderingContext2D, [x, y]: readonly [number, number], radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
}

/** A line that stands out from any points. */
function haloed(context: CanvasRenderingContext2D, colour: string, halo: string, width: number): void {
  context.lineWidth = width + 3;
  context.strokeStyle = halo;
  context.globalAlpha *= 0.75;
  context.stroke();
  context.globalAlpha = 1;
  context.lineWidth = width;
  context.strokeStyle = colour;
  context.stroke();
}

/**
 * The plane on screen: what part of it is shown, what pointers and keys do, and when it is drawn. Everything is drawn at most
 * once a frame, the points only if they or the view have changed.
 */
import { batch, computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import { dark, drawn } from '../../parts/ground.ts';
import {
  boundsOf,
  fitted,
  panned,
  shownBounds,
  toPixels,
  toPlane,
  type Viewport,
  zoomed,
} from '../../parts/plot/viewport.ts';
import { dotsAsSvg } from './as-svg.ts';
import type { Colouring } from './colouring.ts';
import type { Explorer } from './explorer.ts';
import { followPointers } from './gestures.ts';
import { Hits } from './hits.ts';
import { fromText, type Outline, simplified, toText, within } from './lasso.ts';
import { drawMarks } from './overlay.ts';
import { Painter } from './painter.ts';
import type { Projection } from './projection.ts';
import { hidden, numbers, parameter, setParameters, setSoon, type Tool, withShapes } from './settings.ts';

/** How near the pointer must be to an image, in CSS pixels. */
const REACH = { mouse: 10, pen: 12, touch: 22 } as const;
const KEY_STEP = 8;
const KEY_PAN = 60;
const FARTHEST = 4000;
const NEAREST = 0.5;

/** The middle of what is shown, and how much it is magnified against the whole. */
interface Window {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export interface PlaneParts {
  readonly points: HTMLCanvasElement;
  readonly marks: HTMLCanvasElement;
  /** Takes pointers and keys: as large as the canvas of the points. */
  readonly area: HTMLElement;
}

export class PlaneView {
  readonly size = signal({ width: 1, height: 1 });
  /** Null: the whole plane. */
  readonly window = signal<Window | null>(null);
  /** Where the pointer or the keys are, on the plane. */
  readonly spot = signal<readonly [number, number] | null>(null);
  /** Whether the last place came from a finger: its picture is then shown above it. */
  readonly touched = signal(false);
  /** An outline that is being drawn. */
  readonly drawing = signal<Outline | null>(null);
  /** Begun by keys: one corner; the other one is the spot. */
  readonly box = signal<readonly [number, number] | null>(null);
  readonly view: ReadonlySignal<Viewport>;
  readonly hidden: ReadonlySignal<Uint8Array>;
  private readonly fit: ReadonlySignal<Viewport>;
  private readonly hits: Hits;
  private readonly ends: (() => void)[] = [];

  readonly explorer: Explorer;
  readonly projection: Projection;
  readonly colouring: ReadonlySignal<Colouring | null>;
  private readonly tool: ReadonlySignal<Tool>;

  constructor(
    explorer: Explorer,
    projection: Projection,
    colouring: ReadonlySignal<Colouring | null>,
    tool: ReadonlySignal<Tool>,
  ) {
    this.explorer = explorer;
    this.projection = projection;
    this.colouring = colouring;
    this.tool = tool;
    const [x, y] = projection.places as [Float32Array, Float32Array];
    this.hits = new Hits(x, y);
    const bounds = boundsOf(x, y);
    this.fit = computed(() => fitted(bounds, this.size.value));
    const given = numbers(parameter('at'));
    if (given.length === 3 && given[2]! > 0)
      this.window.value = { x: given[0]!, y: given[1]!, zoom: given[2]! };
    this.view = computed(() => {
      const window = this.window.value;
      const fit = this.fit.value;
      if (window === null) return fit;
      const { x, y, zoom } = window;
      return { ...fit, x, y, across: fit.across * zoom, up: fit.up * zoom };
    });
    this.hidden = computed(() => {
      const flags = new Uint8Array(256);
      if (colouring.value?.scale === null) for (const group of hidden()) flags[group] = 1;
      return flags;
    });
  }

  /** What is shown now. */
  svg(title: string): string {
    const [x, y] = this.projection.places as [Float32Array, Float32Array];
    const [across, up] = this.projection.labels as [string, string];
    const { left, right, bottom, top } = shownBounds(this.view.peek());
    const colouring = this.colouring.peek();
    if (colouring === null) return '';
    return dotsAsSvg(
      {
        ...{ x, y, view: this.view.peek(), colouring, hidden: this.hidden.peek(), faint: this.faint.peek() },
        shapes: withShapes() && colouring.scale === null,
      },
      {
        title,
        axes: { x: { label: across, from: left, to: right }, y: { label: up, from: bottom, to: top } },
      },
    );
  }

  /** Draws and follows pointers and keys until `end`. */
  begin({ points, marks, area }: PlaneParts): void {
    const painter = new Painter(points, this.explorer.tiles());
    const [x, y] = this.projection.places as [Float32Array, Float32Array];
    let frame = 0;
    let stale = true;
    const draw = () => {
      frame = 0;
      // The area has not been measured yet; its size draws again.
      if (this.size.peek().width <= 1) return;
      const colours = this.colouring.peek();
      const ratio = Math.min(2, devicePixelRatio || 1);
      if (stale && colours !== null) {
        stale = false;
        const began = performance.now();
        painter.draw(
          {
            ...{ x, y, view: this.view.peek(), colouring: colours, hidden: this.hidden.peek() },
            ...{
              faint: this.faint.peek(),
              shapes: withShapes() && colours.scale === null,
              ground: drawn.peek().ground,
            },
          },
          ratio,
        );
        this.half = painter.pictures ? painter.side / 2 / ratio : 0;
        points.dataset.milliseconds = (performance.now() - began).toFixed(2);
        points.dataset.visible = String(painter.visible);
        points.dataset.as = painter.pictures ? 'pictures' : 'dots';
      }
      drawMarks(marks, this.marks(), ratio);
    };
    const schedule = () => {
      frame ||= requestAnimationFrame(draw);
    };
    this.ends.push(
      effect(() => {
        // Read here so that a change of any of them draws again.
        void [
          this.view.value,
          this.colouring.value,
          this.hidden.value,
          this.faint.value,
          dark.value,
          withShapes(),
        ];
        stale = true;
        schedule();
      }),
      effect(() => {
        this.marks();
        schedule();
      }),
      () => cancelAnimationFrame(frame),
    );
    const watch = new ResizeObserver(() => {
      const { clientWidth: width, clientHeight: height } = area;
      if (width > 0 && height > 0) this.size.value = { width, height };
    });
    watch.observe(area);
    const onKey = (event: KeyboardEvent) => {
      if (event.target !== area || event.ctrlKey || event.metaKey || event.altKey) return;
      if (this.key(event.key, event.shiftKey)) event.preventDefault();
    };
    area.addEventListener('keydown', onKey);
    this.ends.push(
      () => watch.disconnect(),
      () => area.removeEventListener('keydown', onKey),
      followPointers(area, this.gestures),
      effect(() => {
        const window = this.window.value;
        const text =
          window === null
            ? null
            : [window.x, window.y, window.zoom].map((value) => Number(value.toPrecision(5))).join(',');
        if (text !== parameter('at')) setSoon({ at: text });
      }),
      effect(() => {
        const outline = fromText(parameter('lasso'));
        this.explorer.chosen.value = outline === null ? [] : this.shownOf(within(outline, x, y));
      }),
    );
  }

  end(): void {
    for (const end of this.ends.splice(0)) end();
  }

  /** 1 for images outside of what the lasso holds. */
  private readonly faint = computed(() => {
    const chosen = this.explorer.chosen.value;
    if (chosen.length === 0) return undefined;
    const flags = new Uint8Array(this.explorer.codes.count).fill(1);
    for (const i of chosen) flags[i] = 0;
    return flags;
  });

  private placeOf(index: number | null): readonly [number, number] | null {
    if (index === null) return null;
    const place = [this.projection.places[0]![index]!, this.projection.places[1]![index]!] as const;
    return place.every(Number.isFinite) ? place : null;
  }

  private marks() {
    const { explorer, projection } = this;
    const walk = explorer.walk.value;
    const box = this.box.value;
    const spot = this.spot.value;
    const { units } = explorer.codes;
    const { ink, soft, line, ground } = drawn.value;
    return {
      view: this.view.value,
      labels: projection.labels,
      colours: { ink, soft, line, ground },
      accent: dark.value ? '#6cb2f5' : '#0b5cad',
      cursor: (projection.placeOf === null ? spot : explorer.cursor.value) ?? null,
      hovered: this.placeOf(explorer.hovered.value),
      selected: this.placeOf(explorer.selected),
      outline:
        box !== null && spot !== null
          ? corners(box, spot)
          : (this.drawing.value ?? fromText(parameter('lasso'))),
      walk:
        walk === null || projection.placeOf === null
          ? []
          : Array.from({ length: walk.steps }, (_, i) =>
              projection.placeOf!(walk.codes.subarray(i * units, (i + 1) * units)),
            ),
      step: walk?.now ?? 0,
    };
  }

  private set(view: Viewport): void {
    const zoom = view.across / this.fit.peek().across;
    if (zoom > FARTHEST || zoom < NEAREST) return;
    this.window.value = { x: view.x, y: view.y, zoom };
  }

  zoom(factor: number, at: readonly [number, number] | null = this.spot.peek()): void {
    const view = this.view.peek();
    const [px, py] = at === null ? [view.width / 2, view.height / 2] : toPixels(view, at[0], at[1]);
    this.set(zoomed(view, px, py, factor));
  }

  private shownOf(indices: number[]): number[] {
    const [flags, group] = [this.hidden.value, this.colouring.value?.group];
    return group === undefined ? indices : indices.filter((i) => flags[group[i]!] === 0);
  }

  /** Half of the side of the pictures that stand for dots; 0 for dots. */
  private half = 0;

  private nearest(px: number, py: number, radius: number): number | null {
    const view = this.view.peek();
    const [x, y] = toPlane(view, px, py);
    const [flags, group] = [this.hidden.peek(), this.colouring.peek()?.group];
    return this.hits.nearest(
      x,
      y,
      Math.max(radius, this.half),
      view,
      (i) => group === undefined || flags[group[i]!] === 0,
    );
  }

  private pointAt(px: number, py: number, radius: number): void {
    const place = toPlane(this.view.peek(), px, py);
    batch(() => {
      this.spot.value = place;
      this.explorer.hovered.value = this.nearest(px, py, radius);
      this.explorer.pointAt(place);
    });
  }

  /** What a click, a tap or Enter does with an image. */
  private choose(index: number | null): void {
    if (index === null) return;
    if (this.tool.peek() !== 'walk') {
      this.explorer.select(index);
      return;
    }
    const [from, to] = [parameter('from'), parameter('to')];
    if (from === null || to !== null) setParameters({ from: index, to: null, panel: 'walk' });
    else setParameters({ to: index, panel: 'walk' });
  }

  private finish(outline: Outline): void {
    const { across, up } = this.view.peek();
    const kept = simplified(outline, [across, up]);
    this.drawing.value = null;
    if (kept.length < 3) return;
    setParameters({ lasso: toText(kept), panel: 'selection' });
  }

  private readonly gestures = {
    hover: (x: number, y: number) => {
      this.touched.value = false;
      this.pointAt(x, y, REACH.mouse);
    },
    leave: () => {
      this.explorer.hovered.value = null;
    },
    tap: (x: number, y: number, kind: string) => {
      const radius = REACH[kind as keyof typeof REACH] ?? REACH.mouse;
      this.touched.value = kind === 'touch';
      this.pointAt(x, y, radius);
      this.choose(this.explorer.hovered.peek());
    },
    drag: (
      x: number,
      y: number,
      dx: number,
      dy: number,
      { kind, begins }: { kind: string; begins: boolean },
    ) => {
      if (this.tool.peek() === 'lasso') {
        const last = begins ? [] : (this.drawing.peek() ?? []);
        this.drawing.value = [...last, toPlane(this.view.peek(), x, y)];
      } else if (kind === 'touch') {
        this.touched.value = true;
        this.pointAt(x, y, REACH.touch);
      } else this.set(panned(this.view.peek(), dx, dy));
    },
    dragEnd: () => {
      const outline = this.drawing.peek();
      if (outline !== null) this.finish(outline);
    },
    pinch: (x: number, y: number, factor: number, dx: number, dy: number) => {
      this.set(zoomed(panned(this.view.peek(), dx, dy), x, y, factor));
    },
  };

  /** Does what a key means; false for one that means nothing here. */
  private key(key: string, shift: boolean): boolean {
    const ways: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    };
    const way = ways[key];
    if (way !== undefined) {
      if (shift) this.set(panned(this.view.peek(), -KEY_PAN * way[0], -KEY_PAN * way[1]));
      else this.step(way[0] * KEY_STEP, way[1] * KEY_STEP);
    } else if (key === '+' || key === '=') this.zoom(1.25);
    else if (key === '-' || key === '_') this.zoom(0.8);
    else if (key === '0') this.window.value = null;
    else if (key === 'b' || key === 'B') this.markCorner();
    else if (key === 'Enter' || key === ' ') {
      if (this.box.peek() !== null || this.tool.peek() === 'lasso') this.markCorner();
      else {
        const [px, py] = this.pixelOfSpot();
        this.choose(this.nearest(px, py, 60));
      }
    } else if (key === 'Escape') {
      this.drawing.value = null;
      if (this.box.peek() !== null) this.box.value = null;
      else setParameters({ image: null, lasso: null });
    } else return false;
    return true;
  }

  private pixelOfSpot(): [number, number] {
    const view = this.view.peek();
    const place = this.spot.peek() ?? this.explorer.cursor.peek();
    return place === null ? [view.width / 2, view.height / 2] : toPixels(view, place[0]!, place[1]!);
  }

  /** Moves the place by so many pixels, and the view with it at its edge. */
  private step(dx: number, dy: number): void {
    const { width, height } = this.view.peek();
    const [x, y] = this.pixelOfSpot();
    const [px, py] = [Math.min(Math.max(x, 0), width) + dx, Math.min(Math.max(y, 0), height) + dy];
    const [overX, overY] = [px - Math.min(Math.max(px, 0), width), py - Math.min(Math.max(py, 0), height)];
    batch(() => {
      if (overX !== 0 || overY !== 0) this.set(panned(this.view.peek(), -overX, -overY));
      this.touched.value = false;
      this.pointAt(px - overX, py - overY, REACH.mouse);
    });
  }

  /** The first corner of a box, then the other one. */
  markCorner(): void {
    const view = this.view.peek();
    const [x, y] = toPlane(view, ...this.pixelOfSpot());
    const first = this.box.peek();
    if (first === null) {
      batch(() => {
        this.spot.value = [x, y];
        this.box.value = [x, y];
      });
      return;
    }
    batch(() => {
      this.box.value = null;
      this.finish(corners(first, [x, y]));
    });
  }
}

const corners = ([x, y]: readonly [number, number], [u, v]: readonly [number, number]): Outline => [
  [x, y],
  [u, y],
  [u, v],
  [x, v],
];

/** Codes in a space that one can turn. Our own drawing serves: it turns 70,000 points in some milliseconds, without a GPU. */
import { batch, effect, type ReadonlySignal, signal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { dark, drawn } from '../../parts/ground.ts';
import { PictureButtons } from '../../parts/picture-buttons.tsx';
import { dotsAsSvg } from './as-svg.ts';
import type { Coloured } from './colouring.ts';
import type { Explorer } from './explorer.ts';
import { followPointers } from './gestures.ts';
import { Painter } from './painter.ts';
import type { Projection } from './projection.ts';
import { hidden, numbers, parameter, setParameters, setSoon, withShapes } from './settings.ts';
import { CORNERS, EDGES, Space } from './turning.ts';

interface Eye {
  readonly yaw: number;
  readonly pitch: number;
  readonly zoom: number;
}

const START: Eye = { yaw: 0.6, pitch: 0.35, zoom: 1 };
/** Radians for a pixel that the pointer is dragged, and for a key. */
const DRAG = 0.008;
const KEY = 0.09;
const REACH = 14;

class SpaceView {
  readonly eye = signal(START);
  private readonly size = signal({ width: 1, height: 1 });
  private readonly explorer: Explorer;
  private readonly projection: Projection;
  private readonly coloured: Coloured;
  private readonly space: Space;
  private readonly ends: (() => void)[] = [];

  constructor(explorer: Explorer, projection: Projection, coloured: Coloured) {
    this.explorer = explorer;
    this.projection = projection;
    this.coloured = coloured;
    this.space = new Space(projection.places);
    const [yaw, pitch, zoom] = numbers(parameter('turn'));
    if (yaw !== undefined && pitch !== undefined && zoom !== undefined && zoom > 0)
      this.eye.value = { yaw, pitch, zoom };
  }

  /** Pixels for the radius of the points. */
  private get scale(): number {
    const { width, height } = this.size.peek();
    return (Math.min(width, height) / 4.4) * this.eye.peek().zoom;
  }

  private get flags(): Uint8Array {
    const flags = new Uint8Array(256);
    if (this.coloured.value?.scale === null) for (const group of hidden()) flags[group] = 1;
    return flags;
  }

  /** What is shown now. */
  svg(title: string): string {
    const colouring = this.coloured.peek();
    if (colouring === null) return '';
    const { x, y, order } = this.space;
    const view = { ...this.size.peek(), x: 0, y: 0, across: this.scale, up: this.scale };
    return dotsAsSvg(
      {
        ...{ x, y, order, view, colouring, hidden: this.flags },
        shapes: withShapes() && colouring.scale === null,
      },
      { title: `${title}: ${this.projection.labels.join(', ')}` },
    );
  }

  begin(points: HTMLCanvasElement, marks: HTMLCanvasElement, area: HTMLElement): void {
    const painter = new Painter(points, this.explorer.tiles());
    let frame = 0;
    let stale = true;
    const draw = () => {
      frame = 0;
      const colouring = this.coloured.peek();
      const ratio = Math.min(2, devicePixelRatio || 1);
      if (stale && colouring !== null) {
        stale = false;
        const began = performance.now();
        const { x, y, order } = this.space;
        this.space.turn(this.eye.peek());
        const view = { ...this.size.peek(), x: 0, y: 0, across: this.scale, up: this.scale };
        painter.draw(
          {
            ...{ x, y, order, view, colouring, hidden: this.flags, faint: undefined },
            ...{ shapes: withShapes() && colouring.scale === null, ground: drawn.peek().ground },
          },
          ratio,
        );
        points.dataset.milliseconds = (performance.now() - began).toFixed(2);
      }
      this.mark(marks, ratio);
    };
    const schedule = () => {
      frame ||= requestAnimationFrame(draw);
    };
    const { explorer } = this;
    this.ends.push(
      effect(() => {
        void [this.eye.value, this.size.value, this.coloured.value, this.flags, dark.value, withShapes()];
        stale = true;
        schedule();
      }),
      effect(() => {
        void [explorer.hovered.value, explorer.selected, explorer.cursor.value];
        schedule();
      }),
      effect(() => {
        const { yaw, pitch, zoom } = this.eye.value;
        if (this.eye.value !== START)
          setSoon({ turn: [yaw, pitch, zoom].map((value) => Number(value.toFixed(3))).join(',') });
      }),
      () => cancelAnimationFrame(frame),
    );
    const watch = new ResizeObserver(() => {
      const { clientWidth: width, clientHeight: height } = area;
      if (width > 0 && height > 0) this.size.value = { width, height };
    });
    watch.observe(area);
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (this.key(event.key)) event.preventDefault();
    };
    area.addEventListener('keydown', onKey);
    this.ends.push(
      () => watch.disconnect(),
      () => area.removeEventListener('keydown', onKey),
      followPointers(area, {
        hover: (x, y) => this.point(x, y),
        leave: () => {
          explorer.hovered.value = null;
        },
        tap: (x, y) => {
          this.point(x, y);
          if (explorer.hovered.peek() !== null) explorer.select(explorer.hovered.peek());
        },
        drag: (_x, _y, dx, dy) => this.turnBy(dx * DRAG, dy * DRAG),
        dragEnd: () => {},
        pinch: (_x, _y, factor, dx, dy) => {
          this.turnBy(dx * DRAG, dy * DRAG);
          this.zoom(factor);
        },
      }),
    );
  }

  end(): void {
    for (const end of this.ends.splice(0)) end();
  }

  private turnBy(yaw: number, pitch: number): void {
    const now = this.eye.peek();
    this.eye.value = {
      ...now,
      yaw: now.yaw + yaw,
      pitch: Math.max(-Math.PI / 2, Math.min(Math.PI / 2, now.pitch + pitch)),
    };
  }

  zoom(factor: number): void {
    const now = this.eye.peek();
    this.eye.value = { ...now, zoom: Math.max(0.3, Math.min(40, now.zoom * factor)) };
  }

  whole(): void {
    this.eye.value = { ...START };
  }

  private key(key: string): boolean {
    if (key === 'ArrowLeft') this.turnBy(-KEY, 0);
    else if (key === 'ArrowRight') this.turnBy(KEY, 0);
    else if (key === 'ArrowUp') this.turnBy(0, -KEY);
    else if (key === 'ArrowDown') this.turnBy(0, KEY);
    else if (key === '+' || key === '=') this.zoom(1.2);
    else if (key === '-') this.zoom(1 / 1.2);
    else if (key === '0') this.whole();
    else if (key === 'Enter' || key === ' ') {
      const { width, height } = this.size.peek();
      this.point(width / 2, height / 2, width);
      this.explorer.select(this.explorer.hovered.peek());
    } else if (key === 'Escape') setParameters({ image: null });
    else return false;
    return true;
  }

  private point(px: number, py: number, radius = REACH): void {
    const { width, height } = this.size.peek();
    const [x, y] = [(px - width / 2) / this.scale, (height / 2 - py) / this.scale];
    const [flags, group] = [this.flags, this.coloured.peek()?.group];
    const found = this.space.nearest(
      x,
      y,
      radius / this.scale,
      (i) => group === undefined || flags[group[i]!] === 0,
    );
    batch(() => {
      this.explorer.hovered.value = found;
      this.explorer.pointAt(this.space.placeAt(x, y, this.eye.peek()));
    });
  }

  private mark(canvas: HTMLCanvasElement, ratio: number): void {
    const { width, height } = this.size.peek();
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== w || canvas.height !== h) {
      canvas.width = w;
      canvas.height = h;
    }
    const context = canvas.getContext('2d')!;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const { ink, soft, line, ground } = drawn.peek();
    const [eye, scale] = [this.eye.peek(), this.scale];
    const at = (place: readonly number[]): [number, number] => {
      const [x, y] = this.space.seen(place, eye);
      return [width / 2 + x * scale, height / 2 - y * scale];
    };
    const cornerAt = (corner: readonly number[]) =>
      at(corner.map((sign, k) => this.space.middle[k]! + sign * this.space.reach));
    context.strokeStyle = line;
    context.lineWidth = 1;
    context.beginPath();
    for (const [from, to] of EDGES) {
      context.moveTo(...cornerAt(CORNERS[from]!));
      context.lineTo(...cornerAt(CORNERS[to]!));
    }
    context.stroke();
    context.font = '12px system-ui, sans-serif';
    context.fillStyle = soft;
    context.textAlign = 'center';
    for (const [k, label] of this.projection.labels.entries()) {
      const [x, y] = cornerAt([0, 1, 2].map((axis) => (axis === k ? 0 : -1)));
      const half = context.measureText(label).width / 2;
      context.fillText(
        label,
        Math.min(Math.max(x, half), width - half),
        Math.min(Math.max(y + 14, 12), height - 4),
      );
    }
    const { explorer } = this;
    const ring = (index: number | null, colour: string, size: number) => {
      if (index === null) return;
      const place = this.projection.places.map((axis) => axis[index]!);
      if (!place.every(Number.isFinite)) return;
      context.beginPath();
      context.arc(...at(place), size, 0, 2 * Math.PI);
      for (const [stroke, thick] of [
        [ground, 5],
        [colour, 2],
      ] as const) {
        context.strokeStyle = stroke;
        context.lineWidth = thick;
        context.stroke();
      }
    };
    ring(explorer.selected, dark.peek() ? '#6cb2f5' : '#0b5cad', 9);
    ring(explorer.hovered.peek(), ink, 7);
  }
}

export function SpaceScene({
  explorer,
  projection,
  coloured,
  name,
}: {
  /** The run's. */
  name: string;
  explorer: Explorer;
  projection: Projection;
  coloured: ReadonlySignal<import('./colouring.ts').Colouring | null>;
}) {
  const frame = useRef<HTMLDivElement>(null);
  const points = useRef<HTMLCanvasElement>(null);
  const marks = useRef<HTMLCanvasElement>(null);
  const area = useRef<HTMLDivElement>(null);
  const view = useMemo(() => new SpaceView(explorer, projection, coloured), [explorer, projection, coloured]);
  useEffect(() => {
    view.begin(points.current!, marks.current!, area.current!);
    return () => view.end();
  }, [view]);
  return (
    <section class="plane" aria-label="Space of codes">
      <div class="plane-buttons">
        <span class="zoom">
          <button type="button" aria-label="Zoom in" onClick={() => view.zoom(1.3)}>
            +
          </button>
          <button type="button" aria-label="Zoom out" onClick={() => view.zoom(1 / 1.3)}>
            −
          </button>
          <button type="button" onClick={() => view.whole()}>
            Whole
          </button>
        </span>
        <PictureButtons what="space" name={name} frame={frame} svg={() => view.svg(name)} />
      </div>
      <div class="plane-frame" ref={frame}>
        <canvas ref={points} class="space-layer" />
        <canvas ref={marks} class="space-layer" />
        <div
          ref={area}
          class="plane-area look space-layer"
          role="application"
          aria-label={`Space of codes, ${projection.labels.join(' by ')}. Arrow keys turn it.`}
          aria-describedby="plane-keys"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it is worked by keys, which its description names
          tabIndex={0}
        />
      </div>
      <p class="soft">
        Drag to turn, turn the wheel or pinch to zoom. Between the dots, the pointer decodes the plane through
        the middle that faces you.
      </p>
      <details class="keys">
        <summary>Keys</summary>
        <p id="plane-keys">
          {explorer.worded(
            'Arrow keys turn. + and − zoom, 0 goes back to the first view. Enter chooses the image nearest to the middle, Esc lets go of it.',
          )}
        </p>
      </details>
    </section>
  );
}

/** A code: a bar for each unit; as pictures where the code has the shape of maps. */
import type { IntegerArray } from 'hourglass/web';
import { useEffect, useRef } from 'preact/hooks';
import { drawn } from '../../../parts/ground.ts';
import type { Loaded } from '../loaded.ts';
import { short } from '../threshold.ts';
import { type CodeShape, codeShapeOf } from './code-shape.ts';

/** More bars than this are not told apart. */
const MOST_BARS = 128;
const HEIGHT = 130;

export interface CodeProps {
  readonly loaded: Loaded;
  readonly code: Float32Array | null;
  /** The standard deviation of each unit, for variational models. */
  readonly deviation: Float32Array | null;
  /** The code as whole numbers, for models whose codes are quantised. */
  readonly integers: IntegerArray | null;
}

export function Code({ loaded, code, deviation, integers }: CodeProps) {
  const { model } = loaded;
  const shape = codeShapeOf(model.info);
  const units = model.info.codeUnits;
  return (
    <figure class="code">
      <figcaption>{`Code z: ${units.toLocaleString('en')} ${units === 1 ? 'number' : 'numbers'}`}</figcaption>
      {shape !== null && <Maps code={code} shape={shape} loaded={loaded} />}
      {integers !== null && <WholeNumbers integers={integers} loaded={loaded} />}
      {units <= MOST_BARS && <Bars {...{ loaded, code, deviation }} />}
      {shape === null && units > MOST_BARS && <Maps code={code} shape={stripOf(units)} loaded={loaded} />}
      <p class="hint">
        {wordsOf(code, loaded)}
        {deviation !== null && units <= MOST_BARS && ' Lines: two standard deviations to each side.'}
      </p>
    </figure>
  );
}

/** More numbers than this are left out. */
const MOST_NUMBERS = 256;

/** The numbers of the vectors or levels, a line for each row of places. */
function WholeNumbers({ integers: { data, shape }, loaded }: { integers: IntegerArray; loaded: Loaded }) {
  const { count, bitsPerCode } = loaded.model.quantised!;
  const across = shape.length > 2 ? data.length / shape[1]! : data.length;
  const shown = [...data.subarray(0, MOST_NUMBERS)];
  const lines = Array.from({ length: Math.ceil(shown.length / across) }, (_, i) =>
    shown.slice(i * across, (i + 1) * across).join(' '),
  );
  const bits = Number(bitsPerCode.toFixed(1)).toLocaleString('en');
  return (
    <div class="whole-numbers">
      <p class="hint">{`As whole numbers from 0 to ${count - 1}, ${bits} bits:`}</p>
      <pre>{`${lines.join('\n')}${data.length > MOST_NUMBERS ? ' …' : ''}`}</pre>
    </div>
  );
}

/** A long code as rows of pixels. */
const stripOf = (units: number): CodeShape => {
  const width = Math.ceil(Math.sqrt(2 * units));
  return { count: 1, width, height: Math.ceil(units / width) };
};

/** Least and greatest value of each unit over the training images; of the code itself if they are not known. */
function rangesOf({ model }: Loaded, code: Float32Array | null) {
  const known = model.statistics?.codes;
  if (known !== undefined) return { min: known.min, max: known.max };
  const values = [...(code ?? [0, 1])];
  return { min: values.map((value) => Math.min(0, value)), max: values.map((value) => Math.max(1, value)) };
}

const least = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b));
const greatest = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b));

function Bars({ code, deviation, loaded }: Omit<CodeProps, 'integers'>) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const colours = drawn.value;
  useEffect(() => {
    const box = canvas.current!;
    const ranges = rangesOf(loaded, code);
    const paint = () => paintBars(box, { code, deviation, ...ranges }, loaded.model.info.codeUnits, colours);
    paint();
    const watch = new ResizeObserver(paint);
    watch.observe(box);
    return () => watch.disconnect();
  }, [code, deviation, loaded, colours]);
  return (
    <canvas
      ref={canvas}
      class="bars"
      style={{ height: `${HEIGHT}px` }}
      role="img"
      aria-label={wordsOf(code, loaded)}
    />
  );
}

const BAR = '#0072b2';
const BAR_ON_DARK = '#56b4e9';

function paintBars(
  canvas: HTMLCanvasElement,
  {
    code,
    deviation,
    min,
    max,
  }: Omit<CodeProps, 'loaded' | 'integers'> & { min: readonly number[]; max: readonly number[] },
  units: number,
  colours: typeof drawn.value,
): void {
  const ratio = devicePixelRatio;
  const [width, height] = [canvas.clientWidth, HEIGHT];
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext('2d')!;
  context.scale(ratio, ratio);
  const reach = (unit: number) => 2 * (deviation?.[unit] ?? 0);
  const values = [...(code ?? [])].flatMap((value, unit) => [value - reach(unit), value + reach(unit)]);
  const low = Math.min(0, least([...min]), ...values);
  const high = Math.max(0, greatest([...max]), ...values);
  const [left, top, bottom] = [38, 8, height - 18];
  const y = (value: number) => bottom - ((value - low) / (high - low || 1)) * (bottom - top);
  const step = (width - left - 2) / units;
  context.font = '11px system-ui, sans-serif';
  context.fillStyle = colours.soft;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (const value of [high, 0, low]) {
    if (value !== 0 && Math.abs(y(value) - y(0)) < 12) continue;
    context.fillText(short(value), left - 6, y(value));
  }
  const gap = step > 6 ? Math.min(6, step / 4) : 0;
  for (let i = 0; i < units; i++) {
    const x = left + i * step + gap / 2;
    context.fillStyle = colours.line;
    context.fillRect(x, y(max[i]!), step - gap, Math.max(1, y(min[i]!) - y(max[i]!)));
    if (code === null) continue;
    context.fillStyle = colours.ground === '#ffffff' ? BAR : BAR_ON_DARK;
    const inset = step > 12 ? step / 6 : 0;
    const value = code[i]!;
    context.fillRect(
      x + inset,
      Math.min(y(0), y(value)),
      step - gap - 2 * inset,
      Math.max(1.5, Math.abs(y(value) - y(0))),
    );
    if (deviation === null) continue;
    context.fillStyle = colours.ink;
    const [middle, top] = [x + (step - gap) / 2, y(value + reach(i))];
    context.fillRect(middle - 0.75, top, 1.5, Math.max(1, y(value - reach(i)) - top));
  }
  context.fillStyle = colours.soft;
  context.textAlign = 'center';
  const every = Math.max(1, Math.ceil(28 / step));
  for (let i = 0; i < units; i += every) context.fillText(`z${i + 1}`, left + (i + 0.5) * step, height - 7);
  context.fillRect(left, y(0) - 0.5, width - left, 1);
}

function Maps({ code, shape, loaded }: { code: Float32Array | null; shape: CodeShape; loaded: Loaded }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const across = Math.min(shape.count, shape.count <= 8 ? shape.count : 8);
  const down = Math.ceil(shape.count / across);
  const gap = shape.count > 1 ? 1 : 0;
  const width = across * (shape.width + gap) - gap;
  const height = down * (shape.height + gap) - gap;
  useEffect(() => {
    const context = canvas.current!.getContext('2d')!;
    context.clearRect(0, 0, width, height);
    if (code === null) return;
    const known = loaded.model.statistics?.codes;
    const low = known === undefined ? least([...code]) : least([...known.min]);
    const high = known === undefined ? greatest([...code]) : greatest([...known.max]);
    const pixels = context.createImageData(shape.width, shape.height);
    for (let map = 0; map < shape.count; map++) {
      for (let i = 0; i < shape.width * shape.height; i++) {
        const value = code[map * shape.width * shape.height + i];
        const level = value === undefined ? 255 : 255 - (255 * (value - low)) / (high - low || 1);
        pixels.data.set([level, level, level, value === undefined ? 0 : 255], 4 * i);
      }
      context.putImageData(
        pixels,
        (map % across) * (shape.width + gap),
        Math.floor(map / across) * (shape.height + gap),
      );
    }
  }, [code, shape, loaded, width, height]);
  const scale = Math.max(1, Math.min(32, Math.floor(320 / width)));
  return (
    <canvas
      ref={canvas}
      class="pixels maps"
      width={width}
      height={height}
      style={{ width: `${scale * width}px` }}
      role="img"
      aria-label={`The code as ${shape.count === 1 ? 'a picture' : `${shape.count} maps`} of ${shape.width} × ${shape.height}`}
    />
  );
}

/** The code in a line, for who cannot see it. */
function wordsOf(code: Float32Array | null, { model }: Loaded): string {
  const known = model.statistics?.codes;
  if (code === null)
    return known === undefined ? 'Nothing is encoded yet.' : 'Grey: the values of the training images.';
  if (code.length <= 3) return `z = (${[...code].map(short).join(', ')}).`;
  const silent = [...code].filter((value) => Math.abs(value) < 1e-6).length;
  const outside =
    known === undefined
      ? 0
      : [...code].filter((value, i) => value < known.min[i]! || value > known.max[i]!).length;
  const parts = [`from ${short(least([...code]))} to ${short(greatest([...code]))}`];
  if (silent > 0) parts.push(`${silent.toLocaleString('en')} are 0`);
  if (outside > 0) parts.push(`${outside} outside the range of the training images`);
  return `${parts.join('; ')}.`;
}

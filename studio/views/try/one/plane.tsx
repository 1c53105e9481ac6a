/** Where the picture falls among the codes of the test images. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { parameter, setParameters } from '../../../address.ts';
import { classColour, drawn } from '../../../parts/ground.ts';
import { ownClasses } from '../../../parts/told.ts';
import { type Loaded, problemOf } from '../loaded.ts';
import { short } from '../threshold.ts';

/** Codes of so many test images are shown. */
const SHOWN = 2000;

/** Standard deviations from the middle of the ellipse to its edge. */
const REACH = 2;
/** A Gaussian of two dimensions has this share within two standard deviations: 1 − exp(−2). */
const SHARE = '86 %';

export function CodePlane({
  loaded,
  code,
  deviation,
}: {
  loaded: Loaded;
  code: Float32Array | null;
  deviation: Float32Array | null;
}) {
  const { model, images } = loaded;
  const units = model.info.codeUnits;
  const { codes, problem } = useCodes(loaded);
  const [x, y] = useUnits(codes, units);
  const canvas = useRef<HTMLCanvasElement>(null);
  const colours = drawn.value;
  const classes = images?.classes ?? [];
  const frame = useMemo(() => codes && frameOf(codes, units, x, y), [codes, units, x, y]);
  useEffect(() => {
    if (codes === null || frame === null || images === null) return;
    const box = canvas.current!;
    const paint = () => {
      const context = prepared(box, colours.ground);
      paintDots(context, box, { codes, units, x, y, frame, labels: images.labels, classes, colours });
      if (code === null) return;
      const at = [code[x]!, code[y]!] as const;
      if (deviation !== null)
        paintEllipse(context, box, frame, at, [REACH * deviation[x]!, REACH * deviation[y]!], colours);
      paintPlace(context, box, frame, at, colours);
    };
    paint();
    const watch = new ResizeObserver(paint);
    watch.observe(box);
    return () => watch.disconnect();
  }, [codes, frame, code, deviation, x, y, colours, images]);

  if (units < 2) return null;
  if (images === null || problem !== null) {
    return (
      <p class="hint">{`The plane of codes needs the run’s test images: ${problem ?? loaded.imagesProblem}`}</p>
    );
  }
  const place = code === null ? null : `z${x + 1} = ${short(code[x]!)}, z${y + 1} = ${short(code[y]!)}`;
  const spread =
    deviation === null ? null : `; σ${x + 1} = ${short(deviation[x]!)}, σ${y + 1} = ${short(deviation[y]!)}`;
  return (
    <figure class="code-plane">
      <figcaption>Where it falls among the test images</figcaption>
      <canvas
        ref={canvas}
        role="img"
        aria-label={`Codes of test images by class, and of this picture${place === null ? '' : `: ${place}${spread ?? ''}`}`}
      />
      {units > 2 && (
        <div class="axes">
          {(['x', 'y'] as const).map((axis) => (
            <label key={axis}>
              {axis === 'x' ? 'across' : 'up'}{' '}
              <select
                value={axis === 'x' ? x : y}
                onChange={({ currentTarget }) => setParameters({ [axis]: Number(currentTarget.value) })}
              >
                {Array.from({ length: units }, (_, i) => (
                  <option key={i} value={i}>{`z${i + 1}`}</option>
                ))}
              </select>
            </label>
          ))}
        </div>
      )}
      <p class="hint">
        {place ?? `${codes === null ? 'Encoding the test images …' : 'Each dot is a test image.'}`}
        {place !== null &&
          frame !== null &&
          isOutside(frame, code![x]!, code![y]!) &&
          ': outside of all test images'}
      </p>
      {model.info.hasVariance && code !== null && (
        <p class="hint">
          {spread === null
            ? 'Shown is the mean of its Gaussian. This model’s files do not have the variance.'
            : `The ellipse is its Gaussian, to two standard deviations${spread.replace('; ', ' (')}): ${SHARE} of its draws are inside.`}
        </p>
      )}
      {classes.length > 1 && classes.length <= 20 && (
        <ul class="legend">
          {classes.map((name, i) => (
            <li key={name}>
              <i style={{ background: classColour(i) }} />
              {name}
            </li>
          ))}
        </ul>
      )}
    </figure>
  );
}

function useCodes({ model, images }: Loaded) {
  const [codes, setCodes] = useState<Float32Array | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    if (images === null || model.info.codeUnits < 2) return;
    let current = true;
    const size = images.channels * images.height * images.width;
    const count = Math.min(SHOWN, images.count);
    model.encode(images.values.subarray(0, count * size), ownClasses(model, images, 0, count)).then(
      ({ data }) => current && setCodes(data),
      (error) => current && setProblem(problemOf(error)),
    );
    return () => {
      current = false;
    };
  }, [model, images]);
  return { codes, problem };
}

/** The units of the axes: those of the address, else the two that vary most. */
function useUnits(codes: Float32Array | null, units: number): [number, number] {
  const best = useMemo(() => (codes === null ? [0, 1] : mostVarying(codes, units)), [codes, units]);
  const given = (name: string): number | null => {
    const text = parameter(name);
    const unit = Number(text);
    return text !== null && Number.isInteger(unit) && unit >= 0 && unit < units ? unit : null;
  };
  return [given('x') ?? best[0]!, given('y') ?? best[1]!];
}

function mostVarying(codes: Float32Array, units: number): number[] {
  if (units === 2) return [0, 1];
  const count = codes.length / units;
  const variances = Array.from({ length: units }, (_, unit) => {
    let [sum, squares] = [0, 0];
    for (let i = 0; i < count; i++) {
      sum += codes[i * units + unit]!;
      squares += codes[i * units + unit]! ** 2;
    }
    return squares / count - (sum / count) ** 2;
  });
  const order = [...variances.keys()].sort((a, b) => variances[b]! - variances[a]!);
  return order.slice(0, 2).sort((a, b) => a - b);
}

interface Frame {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly top: number;
}

function frameOf(codes: Float32Array, units: number, x: number, y: number): Frame {
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let at = 0; at < codes.length; at += units) {
    [left, right] = [Math.min(left, codes[at + x]!), Math.max(right, codes[at + x]!)];
    [bottom, top] = [Math.min(bottom, codes[at + y]!), Math.max(top, codes[at + y]!)];
  }
  const [w, h] = [0.06 * (right - left || 1), 0.06 * (top - bottom || 1)];
  return { left: left - w, right: right + w, bottom: bottom - h, top: top + h };
}

const isOutside = ({ left, right, bottom, top }: Frame, x: number, y: number) =>
  x < left || x > right || y < bottom || y > top;

function prepared(canvas: HTMLCanvasElement, ground: string): CanvasRenderingContext2D {
  const ratio = devicePixelRatio;
  canvas.width = Math.round(canvas.clientWidth * ratio);
  canvas.height = Math.round(canvas.clientHeight * ratio);
  const context = canvas.getContext('2d')!;
  context.scale(ratio, ratio);
  context.fillStyle = ground;
  context.fillRect(0, 0, canvas.clientWidth, canvas.clientHeight);
  return context;
}

const placer = (canvas: HTMLCanvasElement, { left, right, bottom, top }: Frame) => {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  return (x: number, y: number): [number, number] => [
    ((x - left) / (right - left)) * width,
    height - ((y - bottom) / (top - bottom)) * height,
  ];
};

function paintDots(
  context: CanvasRenderingContext2D,
  canvas: HTMLCanvasElement,
  {
    codes,
    units,
    x,
    y,
    frame,
    labels,
    classes,
    colours,
  }: {
    codes: Float32Array;
    units: number;
    x: number;
    y: number;
    frame: Frame;
    labels: Uint8Array;
    classes: readonly string[];
    colours: typeof drawn.value;
  },
): void {
  const place = placer(canvas, frame);
  const [zeroX, zeroY] = place(0, 0);
  context.fillStyle = colours.line;
  context.fillRect(zeroX, 0, 1, canvas.clientHeight);
  context.fillRect(0, zeroY, canvas.clientWidth, 1);
  const sums = classes.map(() => ({ x: 0, y: 0, count: 0 }));
  context.globalAlpha = 0.7;
  for (let i = 0; i < codes.length / units; i++) {
    const [px, py] = place(codes[i * units + x]!, codes[i * units + y]!);
    context.fillStyle = classColour(labels[i]!);
    context.fillRect(px - 1.5, py - 1.5, 3, 3);
    const sum = sums[labels[i]!];
    if (sum === undefined) continue;
    sum.x += px;
    sum.y += py;
    sum.count++;
  }
  context.globalAlpha = 1;
  if (classes.length < 2 || classes.length > 20) return;
  context.font = '600 14px system-ui, sans-serif';
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.lineWidth = 4;
  for (const [i, sum] of sums.entries()) {
    if (sum.count === 0) continue;
    context.strokeStyle = colours.ground;
    context.strokeText(classes[i]!, sum.x / sum.count, sum.y / sum.count);
    context.fillStyle = colours.ink;
    context.fillText(classes[i]!, sum.x / sum.count, sum.y / sum.count);
  }
}

/** The Gaussian of a code: its axes are those of the plane, because the units are independent. */
function paintEllipse(
  context: CanvasRenderingContext2D,
  canvas: HTMLCanvasElement,
  frame: Frame,
  [x, y]: readonly [number, number],
  [across, up]: readonly [number, number],
  colours: typeof drawn.value,
): void {
  const place = placer(canvas, frame);
  const [px, py] = place(x, y);
  const [right, top] = place(x + across, y + up);
  if (![px, py, right, top].every(Number.isFinite)) return;
  context.beginPath();
  context.ellipse(px, py, Math.max(1, right - px), Math.max(1, py - top), 0, 0, 2 * Math.PI);
  context.globalAlpha = 0.18;
  context.fillStyle = colours.ink;
  context.fill();
  context.globalAlpha = 1;
  for (const [colour, width] of [
    [colours.ground, 4],
    [colours.ink, 1.5],
  ] as const) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
  }
}

/** A ring with a cross; at the edge if the place is beyond it. */
function paintPlace(
  context: CanvasRenderingContext2D,
  canvas: HTMLCanvasElement,
  frame: Frame,
  at: readonly [number, number],
  colours: typeof drawn.value,
): void {
  const [x, y] = placer(canvas, frame)(...at);
  const [px, py] = [
    Math.min(canvas.clientWidth - 9, Math.max(9, x)),
    Math.min(canvas.clientHeight - 9, Math.max(9, y)),
  ];
  for (const [colour, width] of [
    [colours.ground, 6],
    [colours.ink, 2.5],
  ] as const) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    context.arc(px, py, 8, 0, 2 * Math.PI);
    context.moveTo(px - 4, py);
    context.lineTo(px + 4, py);
    context.moveTo(px, py - 4);
    context.lineTo(px, py + 4);
    context.stroke();
  }
}

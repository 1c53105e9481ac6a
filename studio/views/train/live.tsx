/** Pictures of a model while it trains. */
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { Snapshot } from '../../../src/studio/protocol.ts';
import { classColour, drawn } from '../../parts/ground.ts';
import { Later } from '../../parts/later.tsx';
import { shortNumber } from '../../parts/numbers.ts';
import { Tiles } from '../../parts/tiles.tsx';

/** All of them. They are made again with a new snapshot, and not with every step. */
export function LivePictures({ snapshot, classes }: { snapshot: Snapshot; classes: readonly string[] }) {
  return useMemo(() => {
    const { strip, rows } = snapshot;
    return (
      <>
        {strip !== null && <Strip strip={strip} />}
        {rows !== null && <Later load={testRows} render={(TestRows) => <TestRows rows={rows} />} />}
        <div class="cards">
          <Codes codes={snapshot.codes} classes={classes} samples={rows === null ? 'images' : 'rows'} />
          {strip !== null && <Plane manifold={snapshot.manifold} strip={strip} />}
          <Histogram codes={snapshot.codes} />
          <Filters filters={snapshot.filters} />
        </div>
      </>
    );
  }, [snapshot, classes]);
}

const testRows = async () => (await import('./rows/test-rows.tsx')).TestRows;

type StripOf = NonNullable<Snapshot['strip']>;

/** Test images above, what the model makes of them below. */
function Strip({ strip }: { strip: StripOf }) {
  const { count, inputs, reconstructions, captions } = strip;
  const images = useMemo(() => {
    const both = new Uint8Array(inputs.length + reconstructions.length);
    both.set(inputs);
    both.set(reconstructions, inputs.length);
    return both;
  }, [inputs, reconstructions]);
  const named = captions.some((caption) => caption !== '') ? `: ${captions.join(', ')}` : '';
  return (
    <figure class="card strip">
      <figcaption>Test images, and their reconstructions below</figcaption>
      <Tiles
        {...strip}
        images={images}
        columns={count}
        label={`${count} test images${named}; below each its reconstruction`}
      />
    </figure>
  );
}

function Plane({ manifold, strip }: { manifold: Snapshot['manifold']; strip: StripOf }) {
  if (manifold === null) return null;
  const { x, y } = manifold;
  const range = (values: readonly number[]) =>
    `${shortNumber(Math.min(...values))} to ${shortNumber(Math.max(...values))}`;
  return (
    <figure class="card square">
      <figcaption>The plane of codes, decoded</figcaption>
      <Tiles
        {...strip}
        images={manifold.images}
        columns={manifold.size}
        gap={0}
        label={`Decoded images of a grid of codes: unit 1 from ${range(x)}, unit 2 from ${range(y)}`}
      />
      <p class="note">{`Unit 1 → ${range(x)}; unit 2 ↑ ${range(y)}`}</p>
    </figure>
  );
}

function Filters({ filters }: { filters: Snapshot['filters'] }) {
  if (filters === null) return null;
  return (
    <figure class="card square">
      <figcaption>Filters of the first layer</figcaption>
      <Tiles
        {...filters}
        ink={false}
        columns={Math.ceil(Math.sqrt(filters.count))}
        label={`The weights of ${filters.count} units of the first layer as images`}
      />
      <p class="note">Grey is 0; white and black pull in opposite directions.</p>
    </figure>
  );
}

/** The two units that vary most. */
function widest({ units, values }: Snapshot['codes']): [number, number] {
  if (units < 3) return [0, Math.min(1, units - 1)];
  const count = values.length / units;
  const spread = Array.from({ length: units }, (_, unit) => {
    let [sum, squares] = [0, 0];
    for (let i = unit; i < values.length; i += units) {
      sum += values[i]!;
      squares += values[i]! ** 2;
    }
    return squares / count - (sum / count) ** 2;
  });
  const order = spread.map((_, unit) => unit).sort((a, b) => spread[b]! - spread[a]!);
  return [Math.min(order[0]!, order[1]!), Math.max(order[0]!, order[1]!)];
}

const MARGIN = { left: 50, right: 10, top: 8, bottom: 36 };

/** Codes of test images on two units, coloured by class; each class has its name at the middle of its codes. */
function Codes({
  codes,
  classes,
  samples,
}: {
  codes: Snapshot['codes'];
  classes: readonly string[];
  samples: 'images' | 'rows';
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const chosen = useRef<[number, number] | null>(null);
  // Chosen once: a plane whose axes jump shows nothing.
  chosen.current ??= widest(codes);
  const [across, up] = chosen.current;
  const colours = drawn.value;
  useLayoutEffect(() => {
    const box = canvas.current!;
    const draw = () => drawCodes(box, codes, [across, up], classes, colours);
    draw();
    const watch = new ResizeObserver(draw);
    watch.observe(box);
    return () => watch.disconnect();
  }, [codes, classes, colours, across, up]);
  const count = codes.values.length / codes.units;
  return (
    <figure class="card square">
      <figcaption>Codes of test {samples}</figcaption>
      <canvas
        ref={canvas}
        class="codes"
        role="img"
        aria-label={`Codes of ${count} test ${samples} on the units ${across + 1} and ${up + 1}, coloured by class`}
      />
      <p class="note">
        {`${count.toLocaleString('en')} ${samples}; unit ${across + 1} →, ${up === across ? 'spread out' : `unit ${up + 1} ↑`}`}
        {codes.units > 2 ? ` (of ${codes.units}: the two that varied most at first)` : ''}
      </p>
    </figure>
  );
}

const axisNumber = (value: number): string => shortNumber(Number(value.toPrecision(2)));

function drawCodes(
  box: HTMLCanvasElement,
  { units, values, labels }: Snapshot['codes'],
  [across, up]: readonly [number, number],
  classes: readonly string[],
  colours: typeof drawn.value,
): void {
  const ratio = devicePixelRatio;
  const [width, height] = [box.clientWidth, box.clientHeight];
  if (width === 0) return;
  box.width = Math.round(width * ratio);
  box.height = Math.round(height * ratio);
  const context = box.getContext('2d')!;
  context.scale(ratio, ratio);
  const count = labels.length;
  const xs = Array.from({ length: count }, (_, i) => values[i * units + across]!);
  // A code of one unit is spread out by class.
  const ys = Array.from({ length: count }, (_, i) =>
    across === up ? labels[i]! + ((i * 0.618) % 0.8) - 0.4 : values[i * units + up]!,
  );
  const axis = (of: readonly number[], from: number, to: number) => {
    const [least, most] = [Math.min(...of), Math.max(...of)];
    const pad = 0.04 * (most - least) || 1;
    return {
      ...{ least, most },
      at: (value: number) => from + ((to - from) * (value - least + pad)) / (most - least + 2 * pad),
    };
  };
  const x = axis(xs, MARGIN.left, width - MARGIN.right);
  const y = axis(ys, height - MARGIN.bottom, MARGIN.top);
  context.strokeStyle = colours.line;
  context.strokeRect(
    MARGIN.left - 0.5,
    MARGIN.top + 0.5,
    width - MARGIN.left - MARGIN.right,
    height - MARGIN.top - MARGIN.bottom,
  );
  const middles = new Map<number, { x: number; y: number; n: number }>();
  context.globalAlpha = count > 800 ? 0.6 : 0.8;
  for (let i = 0; i < count; i++) {
    const [px, py] = [x.at(xs[i]!), y.at(ys[i]!)];
    context.fillStyle = classColour(labels[i]!);
    context.beginPath();
    context.arc(px, py, 2.2, 0, 7);
    context.fill();
    const middle = middles.get(labels[i]!) ?? { x: 0, y: 0, n: 0 };
    middles.set(labels[i]!, { x: middle.x + px, y: middle.y + py, n: middle.n + 1 });
  }
  context.globalAlpha = 1;
  context.font = '600 13px system-ui, sans-serif';
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  for (const [label, middle] of middles) {
    const name = classes[label] ?? '';
    context.lineWidth = 4;
    context.strokeStyle = colours.ground;
    context.strokeText(name, middle.x / middle.n, middle.y / middle.n);
    context.fillStyle = colours.ink;
    context.fillText(name, middle.x / middle.n, middle.y / middle.n);
  }
  context.font = '11px system-ui, sans-serif';
  context.fillStyle = colours.soft;
  context.textBaseline = 'top';
  const bottom = height - MARGIN.bottom + 4;
  context.textAlign = 'left';
  context.fillText(axisNumber(x.least), MARGIN.left, bottom);
  context.textAlign = 'right';
  context.fillText(axisNumber(x.most), width - MARGIN.right, bottom);
  if (across !== up) {
    context.fillText(axisNumber(y.most), MARGIN.left - 5, MARGIN.top);
    context.textBaseline = 'bottom';
    context.fillText(axisNumber(y.least), MARGIN.left - 5, height - MARGIN.bottom);
  }
  context.textAlign = 'center';
  context.textBaseline = 'bottom';
  context.fillText(`unit ${across + 1}`, (MARGIN.left + width) / 2, height - 2);
}

const BINS = 32;
const UNITS: Readonly<Record<number, string>> = { 1: 'The one unit', 2: 'Both units' };

/** How often values occur in the codes, over all units. */
function Histogram({ codes }: { codes: Snapshot['codes'] }) {
  const { values } = codes;
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  const counts = new Array<number>(BINS).fill(0);
  for (const value of values) {
    counts[Math.min(BINS - 1, Math.floor((BINS * (value - least)) / (most - least || 1)))]!++;
  }
  const highest = Math.max(...counts);
  return (
    <figure class="card square">
      <figcaption>Values in the codes</figcaption>
      <svg
        class="histogram"
        viewBox="0 0 320 200"
        role="img"
        aria-label={`Histogram of the values of all code units, from ${shortNumber(least)} to ${shortNumber(most)}`}
      >
        {counts.map((count, i) => (
          <rect
            key={i}
            x={i * 10 + 0.5}
            width={9}
            y={176 - (170 * count) / highest}
            height={(170 * count) / highest}
          />
        ))}
        <line x1="0" x2="320" y1="176.5" y2="176.5" />
        <text x="0" y="194">
          {shortNumber(least)}
        </text>
        <text x="320" y="194" text-anchor="end">
          {shortNumber(most)}
        </text>
      </svg>
      <p class="note">{UNITS[codes.units] ?? `All ${codes.units} units`}; height: how many values</p>
    </figure>
  );
}

/** The pad: drawn on by mouse, finger, pen or keyboard. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Inks, radiusFor } from '../drawing/raster.ts';
import { type Point, type Stroke, smooth, thinOut } from '../drawing/strokes.ts';
import { type Look, pixelsOf } from '../picture.tsx';
import { Loupe } from './loupe.tsx';
import { type KeyPen, usePenKeys } from './pen-keys.ts';

export interface PadProps {
  readonly look: Look;
  readonly inks: Inks;
  /** What is drawn on; null for a plain ground. */
  readonly base: Uint8Array | null;
  readonly strokes: readonly Stroke[];
  readonly isEmpty: boolean;
  readonly canUndo: boolean;
  readonly canClear: boolean;
  /** The stroke under the hand, again whenever it grows; null if it is given up. */
  onLive(stroke: Stroke | null): void;
  /** A finished stroke. */
  onStroke(stroke: Stroke): void;
  onUndo(): void;
  onClear(): void;
}

/** Of the Okabe and Ito palette, told apart with any colour vision; black and white. */
const COLOURS = ['000000', 'ffffff', 'd55e00', 'e69f00', 'f0e442', '009e73', '56b4e9', '0072b2', 'cc79a7'];
const COLOUR_NAMES = ['black', 'white', 'red', 'orange', 'yellow', 'green', 'light blue', 'blue', 'pink'];

/** Canvas pixels for each CSS pixel, at most. */
const MOST_RATIO = 2;
const LONGER_SIDE = 336;

export function Pad(props: PadProps) {
  const { look, onLive, onStroke } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const pad = useRef<HTMLDivElement>(null);
  const [colour, setColour] = useState<string | null>(look.channels === 3 ? COLOURS[0]! : null);
  const hand = useRef<{ id: number; points: Point[] } | null>(null);
  const [finger, setFinger] = useState<{ at: Point; x: number; y: number } | null>(null);
  const least = 0.4 * radiusFor(look);
  const pen = usePenKeys({
    look,
    onLive: (points) => onLive(points && { points, colour }),
    onStroke: (points) => onStroke({ points, colour }),
    onUndo: props.onUndo,
    onClear: props.onClear,
  });
  usePaint(canvas, props, pen.pen);

  const placeOf = ({ clientX, clientY }: PointerEvent): Point => {
    const box = canvas.current!.getBoundingClientRect();
    return [
      ((clientX - box.left) / box.width) * look.width,
      ((clientY - box.top) / box.height) * look.height,
    ];
  };
  const follow = (event: PointerEvent) => {
    const held = hand.current;
    if (held === null || held.id !== event.pointerId) return;
    const moves = event.getCoalescedEvents?.() ?? [];
    held.points.push(...(moves.length > 0 ? moves : [event]).map(placeOf));
    onLive({ points: thinOut(held.points, least), colour });
    if (event.pointerType === 'touch') {
      setFinger({ at: placeOf(event), x: event.clientX, y: event.clientY });
    }
  };
  const end = (event: PointerEvent, isKept: boolean) => {
    const held = hand.current;
    if (held === null || held.id !== event.pointerId) return;
    hand.current = null;
    setFinger(null);
    if (isKept) onStroke({ points: thinOut(held.points, least), colour });
    else onLive(null);
  };

  const scale = LONGER_SIDE / Math.max(look.width, look.height);
  return (
    <div class="pad-part">
      <div
        ref={pad}
        class="pad"
        role="application"
        aria-label="Drawing"
        aria-describedby="pad-help"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: an application takes keys
        tabIndex={0}
        onKeyDown={pen.onKeyDown}
        onBlur={pen.lift}
        style={{ maxWidth: `${scale * look.width}px`, aspectRatio: `${look.width} / ${look.height}` }}
      >
        <canvas
          ref={canvas}
          width={MOST_RATIO * scale * look.width}
          height={MOST_RATIO * scale * look.height}
          onPointerDown={(event) => {
            if (hand.current !== null || event.button !== 0) return;
            event.preventDefault();
            pad.current!.focus({ preventScroll: true });
            canvas.current!.setPointerCapture(event.pointerId);
            pen.hide();
            hand.current = { id: event.pointerId, points: [] };
            follow(event);
          }}
          onPointerMove={follow}
          onPointerUp={(event) => end(event, true)}
          onPointerCancel={(event) => end(event, false)}
        />
        {props.isEmpty && <p class="pad-hint">{look.channels === 1 ? 'Draw here' : 'Paint here'}</p>}
      </div>
      {finger !== null && <Loupe of={canvas.current!} look={look} finger={finger} />}
      <p id="pad-help" class="hint">
        <span class="with-keys">
          With the keyboard: arrow keys move the pen (with Shift farther), Space puts it down and lifts it,
          Ctrl+Z undoes, Delete clears.
        </span>
      </p>
      <p class="unseen" role="status">
        {pen.said}
      </p>
      {look.channels === 3 && <Palette colour={colour!} onChoose={setColour} />}
      <div class="buttons">
        <button type="button" disabled={!props.canUndo} onClick={props.onUndo}>
          Undo
        </button>
        <button type="button" disabled={!props.canClear} onClick={props.onClear}>
          Clear
        </button>
      </div>
    </div>
  );
}

function Palette({ colour, onChoose }: { colour: string; onChoose: (colour: string) => void }) {
  return (
    <fieldset class="palette">
      <legend>Colour</legend>
      {COLOURS.map((each, i) => (
        <label key={each} style={{ background: `#${each}` }} title={COLOUR_NAMES[i]}>
          <input
            type="radio"
            name="colour"
            aria-label={COLOUR_NAMES[i]}
            checked={colour === each}
            onChange={() => onChoose(each)}
          />
        </label>
      ))}
    </fieldset>
  );
}

/** Draws the pad: the picture beneath, the strokes as smooth lines, the pen of the keyboard. */
function usePaint(
  canvas: { readonly current: HTMLCanvasElement | null },
  { look, inks, base, strokes }: PadProps,
  pen: KeyPen | null,
): void {
  useEffect(() => {
    const { width, height } = canvas.current!;
    const context = canvas.current!.getContext('2d')!;
    const scale = width / look.width;
    const shown = (grey: number) => {
      const level = look.ink ? 255 - grey : grey;
      return `rgb(${level} ${level} ${level})`;
    };
    context.fillStyle = shown(inks.ground);
    context.fillRect(0, 0, width, height);
    if (base !== null) {
      const small = new OffscreenCanvas(look.width, look.height);
      small.getContext('2d')!.putImageData(pixelsOf(base, look), 0, 0);
      context.imageSmoothingEnabled = false;
      context.drawImage(small, 0, 0, width, height);
    }
    context.lineCap = 'round';
    context.lineJoin = 'round';
    context.lineWidth = 2 * radiusFor(look) * scale;
    for (const { points, colour } of strokes) {
      context.strokeStyle = colour === null ? shown(inks.ink) : `#${colour}`;
      context.beginPath();
      for (const [x, y] of smooth(points)) context.lineTo(x * scale, y * scale);
      if (points.length === 1) context.lineTo(points[0]![0] * scale + 0.01, points[0]![1] * scale);
      context.stroke();
    }
    if (pen !== null) paintPen(context, pen, scale, radiusFor(look));
  }, [look, inks.ground, base, strokes, pen]);
}

function paintPen(context: CanvasRenderingContext2D, { at, isDown }: KeyPen, scale: number, radius: number) {
  const [x, y] = [at[0] * scale, at[1] * scale];
  for (const [colour, width] of [
    ['#ffffff', 6],
    ['#0b5cad', 3],
  ] as const) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    context.arc(x, y, (radius + 0.6) * scale, 0, 2 * Math.PI);
    if (!isDown) {
      const arm = (radius + 1.4) * scale;
      context.moveTo(x - arm, y);
      context.lineTo(x + arm, y);
      context.moveTo(x, y - arm);
      context.lineTo(x, y + arm);
    }
    context.stroke();
  }
}

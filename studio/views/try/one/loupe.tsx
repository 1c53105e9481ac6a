/** What is under the finger, shown above it. */
import { useEffect, useRef } from 'preact/hooks';
import type { Point } from '../drawing/strokes.ts';

const SIDE = 112;
/** CSS pixels between the finger and the loupe. */
const GAP = 36;
/** Of the drawing's width. */
const SHOWN = 0.4;

export function Loupe({
  of,
  look,
  finger,
}: {
  of: HTMLCanvasElement;
  look: { readonly width: number; readonly height: number };
  /** In pixels of the image, and in those of the window. */
  finger: { readonly at: Point; readonly x: number; readonly y: number };
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current!.getContext('2d')!;
    const side = SHOWN * of.width;
    const [x, y] = [(finger.at[0] / look.width) * of.width, (finger.at[1] / look.height) * of.height];
    context.clearRect(0, 0, SIDE, SIDE);
    context.drawImage(of, x - side / 2, y - side / 2, side, side, 0, 0, SIDE, SIDE);
  });
  const isRoom = finger.y > SIDE + GAP;
  const left = isRoom
    ? finger.x - SIDE / 2
    : finger.x > SIDE + 2 * GAP
      ? finger.x - SIDE - 2 * GAP
      : finger.x + 2 * GAP;
  const style = {
    left: `${Math.min(innerWidth - SIDE - 4, Math.max(4, left))}px`,
    top: `${isRoom ? finger.y - SIDE - GAP : Math.max(4, finger.y - SIDE / 2)}px`,
  };
  return (
    <div class="loupe" style={style}>
      <canvas ref={canvas} width={SIDE} height={SIDE} />
    </div>
  );
}

/** Drawing with the keyboard: a pen that the arrow keys move. */
import { useRef, useState } from 'preact/hooks';
import type { Point } from '../drawing/strokes.ts';

export interface KeyPen {
  readonly at: Point;
  readonly isDown: boolean;
}

interface PenKeys {
  readonly look: { readonly width: number; readonly height: number };
  onLive(points: readonly Point[] | null): void;
  onStroke(points: readonly Point[]): void;
  onUndo(): void;
  onClear(): void;
}

const WAYS: Readonly<Record<string, Point>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
/** Of the longer side: a pixel of 28, and with Shift four. */
const STEP = 1 / 28;
const FAR = 4 / 28;

export function usePenKeys({ look, onLive, onStroke, onUndo, onClear }: PenKeys) {
  const [pen, setPen] = useState<KeyPen | null>(null);
  const [said, setSaid] = useState('');
  const points = useRef<Point[]>([]);
  const start: Point = [look.width / 2, look.height / 2];

  const lift = () => {
    if (points.current.length > 0) onStroke(points.current);
    points.current = [];
    setPen(pen && { ...pen, isDown: false });
  };
  const move = ([dx, dy]: Point, far: boolean) => {
    const step = (far ? FAR : STEP) * Math.max(look.width, look.height);
    const [x, y] = pen?.at ?? start;
    const at: Point = [
      Math.min(look.width, Math.max(0, x + dx * step)),
      Math.min(look.height, Math.max(0, y + dy * step)),
    ];
    setPen({ at, isDown: pen?.isDown ?? false });
    setSaid(`${pen?.isDown ? 'Drawing' : 'Pen up'}: column ${Math.round(at[0])}, row ${Math.round(at[1])}`);
    if (!pen?.isDown) return;
    points.current = [...points.current, at];
    onLive(points.current);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const way = WAYS[event.key];
    const isUndo = event.key.toLowerCase() === 'z' && (event.ctrlKey || event.metaKey);
    if (way !== undefined) move(way, event.shiftKey);
    else if (event.key === ' ' || event.key === 'Enter') {
      const at = pen?.at ?? start;
      if (pen?.isDown) {
        lift();
        setSaid('Pen up');
      } else {
        points.current = [at];
        setPen({ at, isDown: true });
        setSaid('Pen down');
        onLive(points.current);
      }
    } else if (event.key === 'Escape' && pen !== null) lift();
    else if (isUndo) onUndo();
    else if (event.key === 'Delete') {
      points.current = [];
      setPen(pen && { ...pen, isDown: false });
      onLive(null);
      onClear();
      setSaid('Cleared');
    } else return;
    event.preventDefault();
  };
  /** The hand draws: the pen of the keys is put away. */
  const hide = () => {
    lift();
    setPen(null);
  };
  return { pen, said, lift, hide, onKeyDown };
}

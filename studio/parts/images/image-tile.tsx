/** A picture of one image, crisp at any size. */
import { useEffect, useRef } from 'preact/hooks';
import { type Look, show, type Values } from './pixels.ts';

export function ImageTile({
  values,
  look,
  name,
  size,
}: {
  /** Null: an empty frame of the same size. */
  values: Values | null;
  look: Look;
  /** For readers who do not see it; empty beside a text that says it. */
  name: string;
  /** The longer side in CSS pixels. */
  size: number;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current !== null && values !== null) show(canvas.current, values, look);
  }, [values, look]);
  const scale = size / Math.max(look.width, look.height);
  const style = { width: `${look.width * scale}px`, height: `${look.height * scale}px` };
  return values === null ? (
    <span class="tile empty" style={style} />
  ) : (
    <canvas
      ref={canvas}
      class="tile"
      style={style}
      {...(name === '' ? { 'aria-hidden': true } : { role: 'img' as const, 'aria-label': name })}
    />
  );
}

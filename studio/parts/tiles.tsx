/** Many small images as one canvas, in rows. Grey ones are shown as ink on paper, as in all pictures of hourglass. */
import { useEffect, useRef } from 'preact/hooks';

export interface TilesProps {
  /** Bytes, [count, channels, height, width]. */
  readonly images: Uint8Array;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** Images in a row. */
  readonly columns: number;
  /** Pixels between images. Default 1. */
  readonly gap?: number;
  /** Light drawings on dark become dark on light. Default: grey images. */
  readonly ink?: boolean;
  /** For who cannot see them. */
  readonly label: string;
}

export function Tiles(props: TilesProps) {
  const { images, height, width, channels, columns, gap = 1, ink = channels === 1, label } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = height * width;
  const count = images.length / (size * channels);
  const rows = Math.ceil(count / columns);
  useEffect(() => {
    const context = canvas.current!.getContext('2d')!;
    const pixels = context.createImageData(canvas.current!.width, canvas.current!.height);
    const bytes = pixels.data;
    for (let n = 0; n < count; n++) {
      const [left, top] = [(n % columns) * (width + gap), Math.floor(n / columns) * (height + gap)];
      for (let i = 0; i < size; i++) {
        const at = 4 * ((top + Math.floor(i / width)) * pixels.width + left + (i % width));
        for (let c = 0; c < 3; c++) {
          const value = images[(n * channels + (channels === 3 ? c : 0)) * size + i]!;
          bytes[at + c] = ink ? 255 - value : value;
        }
        bytes[at + 3] = 255;
      }
    }
    context.putImageData(pixels, 0, 0);
  });
  return (
    <canvas
      ref={canvas}
      class="tiles"
      width={columns * (width + gap) - gap}
      height={rows * (height + gap) - gap}
      role="img"
      aria-label={label}
    />
  );
}

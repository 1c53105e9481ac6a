/** Many small images as one canvas, in rows. Grey ones are shown as ink on paper, as in all pictures of hourglass. */
import { useLayoutEffect, useRef } from 'preact/hooks';

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
  useLayoutEffect(() => {
    const context = canvas.current!.getContext('2d')!;
    const pixels = context.createImageData(canvas.current!.width, canvas.current!.height);
    const bytes = pixels.data;
    const flip = ink ? 255 : 0;
    // Bytes from one channel of an image to the next: of grey ones, the same for red, green and blue.
    const next = channels === 3 ? size : 0;
    for (let n = 0; n < count; n++) {
      const [left, top] = [(n % columns) * (width + gap), Math.floor(n / columns) * (height + gap)];
      let from = n * channels * size;
      for (let y = 0; y < height; y++) {
        let at = 4 * ((top + y) * pixels.width + left);
        for (let x = 0; x < width; x++, from++, at += 4) {
          bytes[at] = images[from]! ^ flip;
          bytes[at + 1] = images[from + next]! ^ flip;
          bytes[at + 2] = images[from + 2 * next]! ^ flip;
          bytes[at + 3] = 255;
        }
      }
    }
    context.putImageData(pixels, 0, 0);
  }, [images, height, width, channels, columns, gap, ink]);
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

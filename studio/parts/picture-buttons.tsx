/** Buttons that save a drawing on screen: as it is, in pixels, and as SVG. */
import type { RefObject } from 'preact';
import { fileName, save, savePicture } from './downloads.ts';
import { drawn } from './ground.ts';

export interface PictureButtonsProps {
  /** What it is, for example "plane". */
  readonly what: string;
  readonly name: string;
  /** The element whose canvases lie over one another in the drawing. */
  readonly frame: RefObject<HTMLElement | null>;
  readonly svg: () => string;
}

export function PictureButtons({ what, name, frame, svg }: PictureButtonsProps) {
  const file = (ending: string) => `${fileName(name)}-${what}.${ending}`;
  return (
    <span class="saves">
      <button
        type="button"
        aria-label={`Save the ${what} as PNG: ${name}`}
        onClick={() => savePicture(flattened(frame.current!), file('png'))}
      >
        PNG
      </button>
      <button
        type="button"
        aria-label={`Save the ${what} as SVG: ${name}`}
        onClick={() => save(new Blob([svg()], { type: 'image/svg+xml' }), file('svg'))}
      >
        SVG
      </button>
    </span>
  );
}

/** All canvases of an element that are shown, in one, on the page's ground. */
function flattened(frame: HTMLElement): HTMLCanvasElement {
  const ratio = Math.min(2, devicePixelRatio || 1);
  const { left, top, width, height } = frame.getBoundingClientRect();
  const whole = Object.assign(document.createElement('canvas'), {
    width: Math.round(width * ratio),
    height: Math.round(height * ratio),
  });
  const context = whole.getContext('2d')!;
  context.fillStyle = drawn.peek().ground;
  context.fillRect(0, 0, whole.width, whole.height);
  for (const canvas of frame.querySelectorAll<HTMLCanvasElement>('canvas:not(.tile)')) {
    const box = canvas.getBoundingClientRect();
    if (box.width === 0 || canvas.width === 0) continue;
    context.drawImage(
      canvas,
      ...([box.left - left, box.top - top, box.width, box.height].map((value) => value * ratio) as [
        number,
        number,
        number,
        number,
      ]),
    );
  }
  return whole;
}

/** An image as pixels. Light drawings on a dark ground are shown as ink on paper, as in all pictures of hourglass. */
import { useEffect, useRef } from 'preact/hooks';
import { colourTable } from '../../../src/render/colourmaps.ts';

export interface Look {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Shown dark on light. */
  readonly ink: boolean;
}

export interface PictureProps {
  /** [channels, height, width], bytes or floats in [0, 1]. */
  readonly values: Uint8Array | Float32Array;
  readonly look: Look;
  /** For who cannot see it; empty where what is around says it. */
  readonly label: string;
  /** As heat: the mean over the channels, white for 0 and brown for 1. */
  readonly heat?: boolean;
}

export function Picture({ values, look, label, heat = false }: PictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current!.getContext('2d')!;
    context.putImageData(heat ? heatOf(values, look) : pixelsOf(values, look), 0, 0);
  }, [values, look, heat]);
  return (
    <canvas
      ref={canvas}
      class="pixels"
      width={look.width}
      height={look.height}
      {...(label === '' ? {} : { role: 'img', 'aria-label': label })}
    />
  );
}

/** Bytes of a value at a place, whatever it is stored as. */
const scaleOf = (values: Uint8Array | Float32Array) => (values instanceof Uint8Array ? 1 : 255);

export function pixelsOf(values: Uint8Array | Float32Array, look: Look): ImageData {
  const { height, width, channels, ink } = look;
  const plane = height * width;
  const scale = scaleOf(values);
  const pixels = new ImageData(width, height);
  for (let i = 0; i < plane; i++) {
    for (let c = 0; c < 3; c++) {
      const value = scale * values[(channels === 3 ? c * plane : 0) + i]!;
      pixels.data[4 * i + c] = ink ? 255 - value : value;
    }
    pixels.data[4 * i + 3] = 255;
  }
  return pixels;
}

/** @param opacity 0 to 1 of the heat where it is strong; where there is none, nothing is covered. */
export function heatOf(values: Uint8Array | Float32Array, look: Look, asOverlay = false): ImageData {
  const { height, width, channels } = look;
  const plane = height * width;
  const scale = scaleOf(values);
  const table = colourTable('heat');
  const pixels = new ImageData(width, height);
  for (let i = 0; i < plane; i++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += scale * values[c * plane + i]!;
    const level = Math.min(255, Math.max(0, Math.round(sum / channels)));
    pixels.data.set(table.subarray(3 * level, 3 * level + 3), 4 * i);
    pixels.data[4 * i + 3] = asOverlay ? Math.min(255, 2 * level) : 255;
  }
  return pixels;
}

/** The colours of heat from 0 to 1. */
export function HeatBar() {
  const table = colourTable('heat');
  const stops = Array.from({ length: 11 }, (_, i) => {
    const at = 3 * Math.round((i / 10) * 255);
    return `rgb(${table[at]} ${table[at + 1]} ${table[at + 2]})`;
  });
  return (
    <div class="heat-bar" role="img" aria-label="Colours: white is 0, brown is 1">
      <span>0</span>
      <i style={{ background: `linear-gradient(to right, ${stops.join(', ')})` }} />
      <span>1</span>
    </div>
  );
}

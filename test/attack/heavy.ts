/** Requests at the limits of a service, for a model of square RGB images with a small code. */
import { encodePng } from '../../src/codecs/png.ts';
import { form } from './bodies.ts';

/** Default limits of the service that the sizes below come close to. */
const BODY = 16 * 2 ** 20;
const ANSWER = 128 * 2 ** 20;
const HELD = 256 * 2 ** 20;
/** Bytes as float32 of a request's images. */
const INPUT = 64 * 2 ** 20;

export interface Heavy {
  name: string;
  path: string;
  /** What it sends, for one that sends something. */
  make?: () => { type: string; body: Buffer };
  /** Whether it sends pictures. */
  isPictures?: true;
}

/** One of each kind, for images of this side. Every one of them is answered with 200. */
export function heavyRequests(side: number): Heavy[] {
  const values = 3 * side * side;
  const images = (data: string) => ({
    type: 'application/json',
    body: Buffer.from(`{"images":${data}}`),
  });
  /** So many images as bytes. */
  const packed = (count: number) =>
    images(`{"type":"uint8","data":"${Buffer.alloc(count * values, 90).toString('base64')}"}`);
  const given = Math.min(256, Math.floor((3 * (BODY - 1000)) / 4 / values), Math.floor(INPUT / 4 / values));
  /** With masks and reconstructions, both as float32 in base64. */
  const judged = Math.min(given, Math.floor(ANSWER / (32 / 3) / values));
  const listed = Math.min(256, Math.floor((BODY - 1000) / 2 / values));
  const count = (bytesPerValue: number) => Math.floor(ANSWER / bytesPerValue / (values + 16));
  const sampled = Math.min(1024, count(24));
  /** The side of a square sheet: its images as float32 and its pixels are held together. */
  const grid = (scale: number) => {
    const most = Math.min(HELD / (4 + scale ** 2), ANSWER / scale ** 2) / (1.03 * values);
    return Math.min(32, Math.floor(Math.sqrt(most)));
  };
  const shown = grid(2) ** 2;
  const pictures = Math.min(256, Math.floor(INPUT / 4 / values));
  const fewest = Math.min(4, pictures);
  return [
    { name: `${sampled} samples as JSON`, path: `sample?count=${sampled}` },
    { name: `${count(16 / 3)} samples as base64`, path: `sample?count=${count(16 / 3)}&encoding=base64` },
    { name: `${shown} samples as one PNG`, path: `sample?count=${shown}&scale=2&format=png` },
    { name: `a manifold of ${grid(1)} × ${grid(1)}`, path: `manifold?size=${grid(1)}&format=png` },
    {
      name: `anomaly, ${judged} with masks`,
      path: 'anomaly?masks=yes&encoding=base64',
      make: () => packed(judged),
    },
    {
      name: `${given} reconstructed as a PNG`,
      path: 'reconstruct?format=png',
      make: () => packed(given),
    },
    {
      name: `JSON of ${listed} images`,
      path: 'encode',
      make: () => {
        const image = `[${Array(values).fill(0).join()}]`;
        return images(`[${Array(listed).fill(image).join()}]`);
      },
    },
    {
      name: `${pictures} pictures of 600 × 600`,
      path: 'encode',
      make: () => form(Array(pictures).fill(picture(600))),
      isPictures: true,
    },
    {
      name: `${fewest} pictures of 5000 × 5000`,
      path: 'encode',
      make: () => form(Array(fewest).fill(picture(5000))),
      isPictures: true,
    },
  ];
}

function picture(side: number): Buffer {
  const data = Uint8Array.from({ length: side * side }, (_, i) => (i % side) ^ Math.floor(i / side));
  return Buffer.from(encodePng({ width: side, height: side, channels: 1, data }));
}

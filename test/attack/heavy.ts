/** Requests at the limits of a service, for a model of 128 × 128 RGB images with a small code. */
import { encodePng } from '../../src/codecs/png.ts';
import { form } from '../../test/attack/bodies.ts';

export const SIDE = 128;
const VALUES = 3 * SIDE * SIDE;
/** Default limits of the service that the sizes below come close to. */
const BODY = 16 * 2 ** 20;
const ANSWER = 128 * 2 ** 20;

export interface Heavy {
  name: string;
  path: string;
  type?: string;
  body?: Buffer;
}

/** One of each kind. Every one of them is answered with 200. */
export function heavyRequests(): Heavy[] {
  const json = 'application/json';
  const bytes = Math.floor((BODY - 1000) / 4 / VALUES) * 3 * VALUES;
  const images = (data: string) => Buffer.from(`{"images":${data}}`);
  const packed = images(`{"type":"uint8","data":"${Buffer.alloc(bytes, 90).toString('base64')}"}`);
  const listed = Math.floor((BODY - 1000) / 2 / VALUES);
  const count = (bytesPerValue: number) => Math.floor(ANSWER / bytesPerValue / (VALUES + 16));
  return [
    { name: 'samples as JSON', path: `sample?count=${count(24)}` },
    { name: 'samples as base64', path: `sample?count=${count(16 / 3)}&encoding=base64` },
    { name: 'samples as one PNG', path: 'sample?count=600&scale=2&format=png' },
    { name: 'anomaly with masks', path: 'anomaly?masks=yes&encoding=base64', type: json, body: packed },
    {
      name: 'JSON of 8 million numbers',
      path: 'encode',
      type: json,
      body: images(
        `[${Array(listed)
          .fill(`[${Array(VALUES).fill(0).join()}]`)
          .join()}]`,
      ),
    },
    { name: '256 pictures of 600 × 600', path: 'encode', ...form(Array(256).fill(picture(600))) },
    { name: '4 pictures of 5000 × 5000', path: 'encode', ...form(Array(4).fill(picture(5000))) },
  ];
}

function picture(side: number): Buffer {
  const data = Uint8Array.from({ length: side * side }, (_, i) => (i % side) ^ Math.floor(i / side));
  return Buffer.from(encodePng({ width: side, height: side, channels: 1, data }));
}

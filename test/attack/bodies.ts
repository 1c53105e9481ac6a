/** Bodies that are small to send and expensive to take, and clients that never read. */
import { connect, type Socket } from 'node:net';
import { deflateSync } from 'node:zlib';
import { crc32 } from './crc.ts';

function chunk(type: string, data: Buffer): Buffer {
  const bytes = Buffer.alloc(12 + data.length);
  bytes.writeUInt32BE(data.length);
  bytes.write(type, 4, 'latin1');
  data.copy(bytes, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length);
  return bytes;
}

/** A black PNG of one bit a pixel, or of a header's size over other lines. */
export function blackPng(width: number, height: number, lines = height, columns = width): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  const data = deflateSync(Buffer.alloc(lines * (1 + Math.ceil(columns / 8))));
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

export function form(files: readonly Buffer[]): { type: string; body: Buffer } {
  const parts = files.flatMap((file, n) => [
    Buffer.from(`--edge\r\nContent-Disposition: form-data; name="f${n}"; filename="${n}.png"\r\n\r\n`),
    file,
    Buffer.from('\r\n'),
  ]);
  return {
    type: 'multipart/form-data; boundary=edge',
    body: Buffer.concat([...parts, Buffer.from('--edge--\r\n')]),
  };
}

const json = (text: string) => ({ type: 'application/json', body: Buffer.from(text) });

/** By name: what is sent to `encode`, and the status that it must get. */
export const BODIES: Readonly<Record<string, () => { type: string; body: Buffer; status: number }>> = {
  '256 pictures of 1 × 25,000,000': () => ({
    ...form(Array(256).fill(blackPng(1, 25_000_000))),
    status: 413,
  }),
  '256 pictures of 5000 × 5000': () => ({ ...form(Array(256).fill(blackPng(5000, 5000))), status: 413 }),
  'a header larger than its data': () => ({ ...form([blackPng(64, 64, 32)]), status: 422 }),
  'a header smaller than its data': () => ({ ...form([blackPng(64, 32, 64)]), status: 422 }),
  'a header of other lines': () => ({ ...form([blackPng(32, 64, 64, 64)]), status: 422 }),
  '100,000 parts': () => ({ ...form(Array(100_000).fill(Buffer.from('x'))), status: 413 }),
  'a million keys': () => ({
    ...json(`{${Array.from({ length: 1_000_000 }, (_, i) => `"${i}":1`).join(',')}}`),
    status: 413,
  }),
  'five million lists': () => ({
    ...json(`{"images":[${Array(5_000_000).fill('[]').join(',')}]}`),
    status: 413,
  }),
  'eight million values': () => ({
    ...json(`{"images":[${Array(8_000_000).fill('0').join(',')}]}`),
    status: 413,
  }),
};

/** Asks for an answer and never reads it. */
export function unread(url: string, path: string): Socket {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => {});
  socket.pause();
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  return socket;
}

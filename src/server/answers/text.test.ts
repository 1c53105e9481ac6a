import { expect, test } from 'vitest';
import { Sending } from './sending.ts';
import { ArrayAnswer, jsonPieces } from './text.ts';

const data = Float32Array.from({ length: 2 * 3 * 4000 }, (_, i) => Math.sin(i) * 10 ** ((i % 13) - 6));
const shape = [2, 3, 4000];

function nested(values: number[], [count, ...rest]: number[]): unknown {
  if (rest.length === 0) return values;
  const size = values.length / count!;
  return Array.from({ length: count! }, (_, i) => nested(values.slice(i * size, (i + 1) * size), rest));
}

test('pieces of an answer are its JSON', () => {
  const body = { model: 'a"b', images: new ArrayAnswer({ data, shape }), scores: [1, 2], none: null };
  const pieces = [...jsonPieces(body, 'array')];
  expect(pieces.length).toBeGreaterThan(5);
  const array = { type: 'float32', shape, data: nested([...data], shape) };
  expect(pieces.join('')).toBe(JSON.stringify({ ...body, images: array }));
  const text = [...jsonPieces(body, 'base64')].join('');
  const bytes = Buffer.from(JSON.parse(text).images.data, 'base64');
  expect(new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))).toEqual(
    data,
  );
});

test('a client that does not read is dropped, and its memory given back once', async () => {
  const sending = new Sending({ answerTime: 60_000, stallTime: 20 });
  const events: string[] = [];
  const pieces = jsonPieces({ images: new ArrayAnswer({ data, shape }) }, 'array');
  const stream = sending.stream(
    pieces,
    () => {
      events.push('dropped');
      void reader.cancel();
    },
    () => events.push('done'),
  );
  const reader = stream.getReader();
  await reader.read();
  while (events.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(events).toEqual(['dropped', 'done']);
});

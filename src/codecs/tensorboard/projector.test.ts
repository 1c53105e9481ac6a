import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HourglassError } from '../../errors.ts';
import { embeddingMetadata, embeddingTensor, maxSprites, projectorConfig, spriteSheet } from './index.ts';

describe('the configuration', () => {
  test('is protobuf text', () => {
    const text = projectorConfig([
      {
        name: 'codes "z"',
        shape: [5, 2],
        tensorPath: 'codes.bytes',
        metadataPath: 'labels.tsv',
        sprite: { path: 'sub/digits.png', width: 28, height: 14 },
      },
      { name: 'b\n', shape: [1, 2], tensorPath: 'b.tsv' },
    ]);
    expect(text).toBe(`embeddings {
  tensor_name: "codes \\"z\\""
  tensor_path: "codes.bytes"
  tensor_shape: 5
  tensor_shape: 2
  metadata_path: "labels.tsv"
  sprite { image_path: "sub/digits.png" single_image_dim: 28 single_image_dim: 14 }
}
embeddings {
  tensor_name: "b\\012"
  tensor_path: "b.tsv"
  tensor_shape: 1
  tensor_shape: 2
}
`);
  });

  test.each(['', '/etc/passwd', '../x', 'a/../../x', '~/x', 'C:\\x', 'a\\..'])(
    'refuses the path %j',
    (path) => {
      expect(() => projectorConfig([{ name: 'a', shape: [1, 1], tensorPath: path }])).toThrow(HourglassError);
    },
  );
});

describe('vectors', () => {
  test('are raw float32 where no reader can take them for text', () => {
    const values = Float32Array.of(3, -2, 0.5, 1);
    const { bytes, extension } = embeddingTensor(values.subarray(2), [1, 2]);
    expect(extension).toBe('bytes');
    expect(new Float32Array(bytes.buffer)).toEqual(Float32Array.of(0.5, 1));
  });

  test('are text where they could be', () => {
    const { bytes, extension } = embeddingTensor(new Float32Array(4), [2, 2]);
    expect(extension).toBe('tsv');
    expect(new TextDecoder().decode(bytes)).toBe('0.00000000\t0.00000000\n0.00000000\t0.00000000\n');
    // 0x0a 0x00 0x00 0x00: its first line is empty, though later bytes are no UTF-8.
    const newline = new Float32Array(Uint8Array.of(10, 0, 0, 0, 255, 255, 0, 255).buffer);
    expect(embeddingTensor(newline, [2, 1]).extension).toBe('tsv');
  });

  test('keep every bit, either way', () => {
    const rows = fc
      .float32Array({ minLength: 2, maxLength: 20, noNaN: true })
      .filter((v) => v.length % 2 === 0);
    fc.assert(
      fc.property(rows, (values) => {
        const { bytes, extension } = embeddingTensor(values, [values.length / 2, 2]);
        const read =
          extension === 'bytes'
            ? new Float32Array(bytes.buffer)
            : Float32Array.from(
                new TextDecoder()
                  .decode(bytes)
                  .trim()
                  .split(/[\t\n]/),
                Number,
              );
        // Text of toPrecision loses the sign of zero.
        expect(Array.from(read, (v) => v + 0)).toEqual(Array.from(values, (v) => v + 0));
      }),
      { seed: 11, numRuns: 300 },
    );
  });

  test('are refused where they do not fill their shape', () => {
    expect(() => embeddingTensor(new Float32Array(3), [2, 2])).toThrow('must hold 2×2 values');
    expect(() => embeddingTensor(new Float32Array(), [0, 2])).toThrow(HourglassError);
  });
});

describe('labels', () => {
  test('have a header from two columns on', () => {
    expect(embeddingMetadata([{ name: 'digit', values: [7, 2] }])).toBe('7\n2\n');
    const index = { name: 'index', values: [0, 1] };
    expect(embeddingMetadata([index, { name: 'class', values: ['T-shirt', 'bag'] }])).toBe(
      'index\tclass\n0\tT-shirt\n1\tbag\n',
    );
  });

  test('stay on their line, whatever they say', () => {
    const labels = fc.array(fc.string({ unit: fc.constantFrom(...'a \t\r\n"') }), { minLength: 1 });
    fc.assert(
      fc.property(labels, (values) => {
        const lines = embeddingMetadata([{ name: 'a', values }]).split('\n');
        expect(lines.pop()).toBe('');
        expect(lines).toHaveLength(values.length);
        for (const line of lines) expect(line).toMatch(/^[a "()blnk]*\S[a "()blnk]*$/);
      }),
      { seed: 12, numRuns: 200 },
    );
  });

  test('are refused where columns differ in length', () => {
    const columns = [
      { name: 'a', values: [1] },
      { name: 'b', values: [1, 2] },
    ];
    expect(() => embeddingMetadata(columns)).toThrow('columns of the same length, at least 1, got 1, 2');
    expect(() => embeddingMetadata([])).toThrow(HourglassError);
  });
});

describe('a sprite sheet', () => {
  test('has as many rows as columns, row by row', () => {
    const pictures = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    expect(spriteSheet(pictures, { count: 6, height: 1, width: 2 })).toEqual({
      width: 6,
      height: 3,
      channels: 1,
      data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 0, 0, 0, 0, 0),
    });
  });

  test("puts a picture's every pixel in its place", () => {
    const size = fc.record({
      count: fc.integer({ min: 1, max: 12 }),
      height: fc.integer({ min: 1, max: 4 }),
      width: fc.integer({ min: 1, max: 4 }),
      channels: fc.constantFrom<1 | 3>(1, 3),
    });
    fc.assert(
      fc.property(size, ({ count, height, width, channels }) => {
        const pictures = Uint8Array.from({ length: count * height * width * channels }, (_, i) => i % 251);
        const sheet = spriteSheet(pictures, { count, height, width, channels });
        const side = sheet.width / width;
        expect(sheet.height / height).toBe(side);
        let at = 0;
        for (let i = 0; i < count; i++)
          for (let y = 0; y < height; y++)
            for (let x = 0; x < width; x++)
              for (let c = 0; c < channels; c++) {
                const [row, column] = [Math.floor(i / side) * height + y, (i % side) * width + x];
                expect(sheet.data[(row * sheet.width + column) * channels + c]).toBe(pictures[at++]);
              }
      }),
      { seed: 13, numRuns: 100 },
    );
  });

  test('is at most 8192 pixels a side', () => {
    expect(maxSprites({ width: 28, height: 28 })).toBe(292 ** 2);
    expect(maxSprites({ width: 8193, height: 1 })).toBe(0);
    const size = { count: 5, height: 4096, width: 1 };
    expect(() => spriteSheet(new Uint8Array(5 * 4096), size)).toThrow(
      'at most 4 pictures of 1×4096 pixels, got 5',
    );
    expect(spriteSheet(new Uint8Array(4 * 4096), { ...size, count: 4 }).height).toBe(8192);
  });

  test('is refused without its pixels', () => {
    expect(() => spriteSheet(new Uint8Array(3), { count: 1, height: 2, width: 2 })).toThrow('1×2×2×1 bytes');
    expect(() => spriteSheet(new Uint8Array(), { count: 0, height: 2, width: 2 })).toThrow(HourglassError);
  });
});

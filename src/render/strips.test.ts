import { expect, test } from 'vitest';
import { decodePng } from '../codecs/png.ts';
import { HourglassError } from '../errors.ts';
import { svgToPng } from '../raster/index.ts';
import type { PictureRow } from './picture-rows.ts';
import { imageRows } from './strips.ts';

const checker = Uint8Array.of(0, 255, 255, 0);
const base = { rows: [{ label: 'input', images: checker }], height: 2, width: 2, scale: 8 };
/** A plain row, and one that is changed. */
const withRow = (change: Partial<PictureRow>) => ({
  ...base,
  rows: [...base.rows, { label: 'a', images: checker, ...change }],
});

test('the PNG of a text has text in it', async () => {
  const text = (words: string) =>
    `<svg xmlns="http://www.w3.org/2000/svg" width="80" height="20"><text x="2" y="15" font-size="14" font-family="Nowhere">${words}</text></svg>`;
  const bare = decodePng(await svgToPng(text('')), 'bare');
  const worded = decodePng(await svgToPng(text('epoch λ')), 'worded');
  expect([worded.width, worded.height]).toEqual([160, 40]);
  const changed = worded.data.filter((value, i) => value !== bare.data[i]).length;
  expect(changed).toBeGreaterThan(500);
});

test('pixels come through crisp and exact: low is white, high is black', async () => {
  const svg = imageRows({ ...base, rows: [{ label: '', images: checker }] });
  const [, x, y] = /<image x="(\d+)" y="(\d+)"/.exec(svg)!.map(Number);
  const png = decodePng(await svgToPng(svg), 'strip');
  const grey = (px: number, py: number) =>
    png.data[((y! * 2 + py) * png.width + x! * 2 + px) * png.channels]!;
  for (let py = 1; py < 31; py++) {
    for (let px = 1; px < 31; px++) expect(grey(px, py)).toBe(px < 16 === py < 16 ? 255 : 0);
  }
});

test('floats and bytes of the same values give the same picture; range stretches and clips', () => {
  const picture = (images: Float32Array | Uint8Array, range?: [number, number]) =>
    imageRows({ ...base, rows: [{ label: 'a', images }], ...(range && { range }) });
  expect(picture(Float32Array.of(0, 1, 1, 0))).toBe(picture(checker));
  expect(picture(Float32Array.of(-9, 9, 2, -2), [-2, 2])).toBe(picture(checker));
});

test('words are escaped, and long ones cut', () => {
  const words = `<&"'>`;
  const svg = imageRows({
    ...base,
    title: words,
    subtitle: words,
    rows: [{ label: words, images: checker }],
    columns: [words],
    footers: [words],
  });
  expect(svg.match(/>&lt;&amp;&quot;&#39;&gt;</g)).toHaveLength(5);
  expect(imageRows({ ...base, rows: [{ label: 'long '.repeat(50), images: checker }] })).toContain('…');
});

test('a bar for each scale and range that is not ink, none for ink', () => {
  const row = (label: string, change: Partial<PictureRow>) => ({
    label,
    images: Float32Array.of(0, 1, -2, 4),
    ...change,
  });
  const rows = [
    row('a', { scale: 'heat' }),
    row('b', { scale: 'heat' }),
    row('c', { scale: 'heat', range: [0, 9] }),
    row('d', { scale: 'signed' }),
    row('e', { overlay: Float32Array.of(0, 1, 2, 3) }),
  ];
  const svg = imageRows({ ...base, rows });
  expect([...svg.matchAll(/>([^<>]*)<\/text>/g)].map(([, words]) => words)).toEqual(
    expect.arrayContaining(['a, b, e', 'c', 'd', '−4', '4']),
  );
  expect(svg.match(/<image/g)).toHaveLength(5 + 3);
  expect(imageRows(base).match(/<image/g)).toHaveLength(1);
});

test('a row of another size fills the tile as far as its shape allows', () => {
  const svg = imageRows(withRow({ height: 1, width: 2, images: Uint8Array.of(0, 255) }));
  expect(svg).toContain('width="16" height="16"');
  expect(svg).toContain('width="16" height="8"');
});

test.each([
  ['no rows', { ...base, rows: [] }, /at least one row/],
  ['no images', { ...base, rows: [{ label: 'a', images: new Uint8Array() }] }, /at least one row/],
  ['half an image', { ...base, rows: [{ label: 'a', images: new Uint8Array(6) }] }, /whole images of 2×2/],
  [
    'rows that differ',
    { ...base, rows: [...base.rows, { label: 'b', images: new Uint8Array(8) }] },
    /row "b".*as many/,
  ],
  [
    'NaN',
    { ...base, rows: [{ label: 'a', images: Float32Array.of(0, 0, NaN, 0) }] },
    /pixel 2 of image 0.*NaN/,
  ],
  ['too few captions', { ...base, columns: [] }, /columns: must be one word for each of the 1 images/],
  ['half a scale', { ...base, scale: 1.5 }, /scale: must be a whole number/],
  ['an empty range', { ...base, range: [1, 1] as [number, number] }, /range: must be two ascending/],
  ['no width', { ...base, width: 0 }, /positive integers/],
  ['an unknown scale', withRow({ scale: 'rainbow' as 'heat' }), /row "a".*ink, heat or signed/],
  ['an empty range of a row', withRow({ scale: 'heat', range: [2, 2] }), /row "a", range.*ascending/],
  ['a lopsided signed range', withRow({ scale: 'signed', range: [-1, 2] }), /symmetric around zero/],
  ['a short overlay', withRow({ overlay: new Float32Array(3) }), /a value for each of 4 pixels/],
  ['a signed overlay', withRow({ overlay: new Float32Array(4), scale: 'signed' }), /drawn as heat/],
  ['NaN in an overlay', withRow({ overlay: Float32Array.of(0, NaN, 1, 2) }), /row "a".*pixel 1.*finite/],
  ['a height without a width', withRow({ height: 1 }), /both or not at all/],
  ['a row of another count', withRow({ height: 1, width: 1 }), /as many images as the first row, 1, got 4/],
])('%s: refused', (_, options, message) => {
  expect(() => imageRows(options)).toThrow(message);
  expect(() => imageRows(options)).toThrow(HourglassError);
});

test('a scale that is not positive, or a picture too large, is refused', async () => {
  await expect(svgToPng(imageRows(base), { scale: 0 })).rejects.toThrow(/positive/);
  await expect(svgToPng(imageRows(base), { scale: 1e4 })).rejects.toThrow(/64 megapixels/);
});

import sharp from 'sharp';
import { expect, test } from 'vitest';
import { inspectFile } from '../../data/images/convert.ts';
import { pictureHeader } from './picture-header.ts';

const picture = (channels: 3 | 4 = 3) =>
  sharp({ create: { width: 40, height: 24, channels, background: { r: 200, g: 40, b: 90, alpha: 0.5 } } });

test.each([
  ['RGB PNG', () => picture().png()],
  ['grey PNG', () => picture().toColourspace('b-w').png()],
  ['PNG with alpha', () => picture(4).png()],
  ['grey PNG with alpha', () => picture(4).toColourspace('b-w').png()],
  ['PNG with a palette', () => picture().png({ palette: true })],
  ['RGB JPEG', () => picture().jpeg()],
  ['progressive JPEG', () => picture().jpeg({ progressive: true })],
  ['grey JPEG', () => picture().toColourspace('b-w').jpeg()],
  ['JPEG that lies on its side', () => picture().withMetadata({ orientation: 6 }).jpeg()],
  ['JPEG upside down', () => picture().withMetadata({ orientation: 3 }).jpeg()],
])('%s: as Node reads it', async (name, make) => {
  const bytes = new Uint8Array(await make().toBuffer());
  expect(pictureHeader(bytes)).toEqual(await inspectFile(bytes, name));
});

test('what is none, or cut off, is null', async () => {
  const jpeg = new Uint8Array(await picture().jpeg().toBuffer());
  expect(pictureHeader(jpeg.subarray(0, 30))).toBeNull();
  expect(pictureHeader(new Uint8Array())).toBeNull();
  expect(pictureHeader(new Uint8Array(await picture().webp().toBuffer()))).toBeNull();
});

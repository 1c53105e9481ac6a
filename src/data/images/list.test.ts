import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openDataset, openSamples } from '../open.ts';
import { openImages } from './open.ts';
import { flat, folderOf } from './testing.ts';

const pictures = Object.fromEntries(
  Array.from({ length: 12 }, (_, i) => [`some/${i}.png`, flat(8, 8, 10 * i)]),
);
const listed = (list: string, more: Record<string, Uint8Array> = {}) =>
  join(folderOf({ ...pictures, ...more, 'list.csv': list }), 'list.csv');

describe('a list of pictures as CSV', () => {
  test('names classes, splits and masks', async () => {
    const rows = Array.from({ length: 12 }, (_, i) => {
      const split = i < 8 ? 'train' : i < 9 ? 'val' : 'test';
      return `some/${i}.png;${i < 10 ? 'good' : 'cut'};${split};${i === 11 ? 'm.png' : ''}`;
    });
    const file = listed(`\ufeffPath;Label;Split;Mask Path\n${rows.join('\n')}\n`, {
      'm.png': flat(8, 8, 255),
    });
    for (const stream of [false, true]) {
      const {
        train,
        validation,
        test: tested,
        classes,
        folder,
      } = await openSamples(file, { images: { stream } });
      expect([train.count, validation!.count, tested.count, classes]).toEqual([8, 1, 3, ['cut', 'good']]);
      expect([...tested.names!].sort()).toEqual(['some/10.png', 'some/11.png', 'some/9.png']);
      expect([...tested.masks!.present]).toEqual(tested.names!.map((name) => Number(name === 'some/11.png')));
      expect([folder!.path, folder!.normal]).toEqual([file, 'good']);
      expect(folder!.layout).toMatch(
        /^12 pictures listed in .*; only 'good' is trained on.*; 1 picture with a mask/,
      );
    }
  });

  test('without splits keeps a share for the test; of normal pictures and defects, the defects', async () => {
    const plain = await openDataset(listed(`file,x\n${Object.keys(pictures).join(',1\n')},1\n`));
    expect([plain.train.count, plain.test.count, plain.classes]).toEqual([10, 2, ['all']]);
    const rows = Object.keys(pictures).map((name, i) => `${name},${i < 9 ? 'ok' : 'ng'}`);
    const defects = await openDataset(listed(`filename,class\n${rows.join('\n')}`));
    expect([defects.train.count, defects.test.count, defects.folder!.normal]).toEqual([8, 4, 'ok']);
  });

  test.each<[string, string, RegExp]>([
    [
      'a file that is not there',
      'path\nsome/1.png\nsome/99.png\nsome/2.png\n',
      /some\/99\.png: is not there/,
    ],
    ['no path', 'path,label\nsome/1.png,a\n,b\n', /list\.csv, line 3: must name a picture/],
    [
      'another split',
      'path,split\nsome/1.png,later\n',
      /line 2: must have a split of train, validation or test, or none, got later/,
    ],
    [
      'a quote that stays open',
      'path,split\nsome/1.png,train\n"some/2.png,train\n',
      /line 3: must close each quote/,
    ],
    ['two few pictures', 'path\nsome/1.png\nsome/2.png\n', /at least 3 images/],
  ])('%s is refused with the file', async (_, list, error) => {
    await expect(openDataset(listed(list))).rejects.toThrow(error);
  });
});

test('a list is an input of commands that use a model, with its classes and without its masks', async () => {
  const file = listed('path,label,mask\nsome/1.png,a,some/3.png\nsome/2.png,,\n');
  const found: [string, string | null][] = [];
  for await (const { names, classes } of openImages([file], { height: 4, width: 4, channels: 1 }))
    for (const [i, name] of names.entries()) found.push([name.slice(dirname(file).length), classes[i]!]);
  expect(found).toEqual([
    ['/some/1.png', 'a'],
    ['/some/2.png', null],
  ]);
});

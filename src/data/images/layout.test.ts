import { describe, expect, test } from 'vitest';
import { splitNamed } from './folder-names.ts';
import type { LayoutChoice } from './folder-settings.ts';
import { layoutOf } from './layout.ts';

const layout = (names: readonly string[], choice?: LayoutChoice) =>
  layoutOf(
    '/photos',
    names.map((name) => ({ path: Buffer.from(name), name: `/photos/${name}`, folder: null })),
    choice,
  );

/** Each image's split and class, in order. */
const places = (names: readonly string[], choice?: LayoutChoice) =>
  layout(names, choice).members.map((member) => `${member.split}:${member.class}`);

test.each([
  ['train', 'train'],
  ['Train', 'train'],
  ['TRAINING', 'train'],
  ['training_set', 'train'],
  ['train2017', 'train'],
  ['val', 'validation'],
  ['Valid', 'validation'],
  ['VALIDATION', 'validation'],
  ['dev', 'validation'],
  ['Test', 'test'],
  ['test-images', 'test'],
  ['testing', 'test'],
  ['trains', null],
  ['good', null],
  ['set', null],
  ['dataset', null],
  ['contest', null],
])('%s names the split %s', (name, split) => expect(splitNamed(name)).toBe(split));

describe('splits', () => {
  test.each<[string, string[], string[]]>([
    [
      'with classes',
      ['Train/a/1.png', 'Train/b/1.png', 'VAL/a/2.png'],
      ['train:a', 'train:b', 'validation:a'],
    ],
    ['with plain images', ['train/1.png', 'test/2.png'], ['train:all', 'test:all']],
    [
      'three of them',
      ['train/a/1.png', 'valid/a/1.png', 'test/a/1.png'],
      ['train:a', 'validation:a', 'test:a'],
    ],
    ['training alone', ['train/a/1.png', 'train/b/x/1.png'], ['train:a', 'train:b']],
    [
      'with masks, which are left out',
      ['train/good/1.png', 'test/cut/1.png', 'Ground_Truth/cut/1_mask.png', 'masks/1.png'],
      ['train:good', 'test:cut'],
    ],
  ])('%s', (_, names, expected) => expect(places(names)).toEqual(expected));

  test('say what was recognised', () => {
    const mvtec = layout([
      'ground_truth/cut/1_mask.png',
      'test/good/1.png',
      'test/cut/1.png',
      'train/good/1.png',
    ]);
    expect(mvtec.normal).toBe('good');
    expect(mvtec.note).toBe(
      "'train', 'test' recognised as splits; the training split has only 'good', the other classes are in the test split; 1 image with a mask of its defects",
    );
    expect(layout(['train/a/1.png', 'train/b/1.png', 'test/a/1.png']).normal).toBe(null);
    expect(layout(['train/a/1.png', 'val/a/1.png']).note).toContain('there is no test folder');
  });

  test('stand next to others only where a setting says what they are', () => {
    const names = ['train/1.png', 'test/1.png', 'extra/1.png'];
    expect(places(names, 'splits')).toEqual(['train:all', 'test:all']);
    expect(layout(names, 'splits').note).toContain('1 image outside these folders left out');
    expect(places(names, 'classes')).toEqual(['null:train', 'null:test', 'null:extra']);
  });
});

test('other folders are classes', () => {
  expect(places(['a/1.png', 'b/c/1.png'])).toEqual(['null:a', 'null:b']);
  expect(places(['1.png', '2.png'])).toEqual(['null:all', 'null:all']);
  // Without splits next to it a folder called masks is a class, and one below a class is part of it.
  expect(places(['masks/1.png', 'a/test/1.png'])).toEqual(['null:masks', 'null:a']);
  expect(layout(['a/1.png']).note).toBe(null);
});

describe('refused with what to do', () => {
  test.each<[string, string[], RegExp]>([
    [
      'a class next to splits',
      ['train/1.png', 'val/1.png', 'cat/1.png'],
      /nothing besides its split folders \('train', 'val'\).*got 'cat'.*data\.layout=splits/,
    ],
    ['one split among classes', ['cat/1.png', 'Test/1.png'], /got 'cat'.*data\.layout=classes/],
    ['an image next to splits', ['train/1.png', 'test/1.png', '1.png'], /got images of its own/],
    ['no training split', ['test/a/1.png'], /must have a folder 'train'.*got 'test'.*name that folder/],
    [
      'masks without a training split',
      ['ground_truth/a/1.png', 'test/a/1.png'],
      /must have a folder 'train'/,
    ],
    ['a split twice', ['train/1.png', 'Train/1.png'], /one folder for each split, got 'train', 'Train'/],
    [
      'plain images and classes in splits',
      ['train/1.png', 'test/a/1.png'],
      /all its splits in sub-folders.*train\/1\.png next to/,
    ],
    ['images next to classes', ['a/1.png', '1.png'], /all its images in sub-folders/],
    [
      'sets side by side',
      ['bottle/train/good/1.png', 'bottle/test/cut/1.png', 'cable/train/good/1.png'],
      /directly below it.*--data \/photos\/bottle/,
    ],
    ['splits below classes', ['a/train/1.png', 'a/val/1.png'], /put the splits above the classes/],
  ])('%s', (_, names, rule) => expect(() => layout(names)).toThrow(rule));
});

describe('normal images and defects', () => {
  test.each<[string, string[], string[]]>([
    ['by their names', ['good/1.png', 'bad/1.png'], ['null:good', 'test:bad']],
    ['in upper case', ['Normal/1.png', 'ABNORMAL/1.png'], ['null:Normal', 'test:ABNORMAL']],
    [
      'with masks',
      ['good/1.png', 'crack/1.png', 'mask/crack/1.png', 'cut/2.png', 'mask/cut/2.png'],
      ['null:good', 'test:crack', 'test:cut'],
    ],
    ['with masks in one folder', ['ok/1.png', 'ng/2.png', 'ground_truth/2.png'], ['null:ok', 'test:ng']],
  ])('%s', (_, names, expected) => {
    expect(places(names)).toEqual(expected);
    expect(layout(names).normal).toBe(names[0]!.split('/')[0]);
  });

  test('are classes where names do not say so, until a setting does', () => {
    const names = ['good/1.png', 'cat/1.png'];
    expect(places(names)).toEqual(['null:good', 'null:cat']);
    expect(layout(names).note).toContain('data.layout=anomaly');
    expect(places(names, 'anomaly')).toEqual(['null:good', 'test:cat']);
    expect(layout(names, 'anomaly').note).toBe(
      "'good' recognised as the normal images: only these are trained on; 'cat' is kept for testing",
    );
    expect(places(['good/1.png', 'bad/1.png'], 'classes')).toEqual(['null:good', 'null:bad']);
    expect(() => layout(['a/1.png', 'b/1.png'], 'anomaly')).toThrow(/one sub-folder of normal images/);
  });

  test('training images without a folder are of the normal class that the test split has', () => {
    const found = layout(['train/1.png', 'test/good/1.png', 'test/cut/2.png']);
    expect(found.members.map((member) => member.class)).toEqual(['good', 'good', 'cut']);
    expect(found.normal).toBe('good');
  });
});

describe('masks', () => {
  const masks = (names: readonly string[]) =>
    layout(names)
      .members.filter(({ mask }) => mask !== undefined)
      .map(({ file, mask }) => `${file.name} ${mask!.name}`.replaceAll('/photos/', ''));
  const train = 'train/good/0.png';

  test.each<[string, string[], string[]]>([
    [
      'MVTec AD',
      ['test/cut/000.png', 'ground_truth/cut/000_mask.png'],
      ['test/cut/000.png ground_truth/cut/000_mask.png'],
    ],
    ['another ending and case', ['test/Cut/A.JPG', 'GT/cut/a.png'], ['test/Cut/A.JPG GT/cut/a.png']],
    [
      'within the test folder',
      ['test/cut/1.png', 'test/masks/cut/1-gt.bmp'],
      ['test/cut/1.png test/masks/cut/1-gt.bmp'],
    ],
    [
      'the same name in two classes',
      ['test/a/1.png', 'test/b/1.png', 'masks/b/1.png'],
      ['test/b/1.png masks/b/1.png'],
    ],
    [
      'by name alone, if it is clear',
      ['test/a/1.png', 'test/b/2.png', 'masks/2.png'],
      ['test/b/2.png masks/2.png'],
    ],
    ['not where it is unclear', ['test/a/1.png', 'test/b/1.png', 'masks/1.png'], []],
  ])('%s', (_, names, expected) => expect(masks([train, ...names])).toEqual(expected));

  test('that are missing, left over or twice', () => {
    const names = [train, 'test/cut/1.png', 'test/cut/2.png', 'masks/cut/1.png', 'masks/cut/9.png'];
    expect(layout(names).note).toMatch(
      /1 image with a mask of its defects; 1 image of defects without one; 1 mask left out, its images are not here$/,
    );
    expect(() => layout([...names, 'masks/cut/1_mask.png'])).toThrow(
      /test\/cut\/1\.png: must have one mask, got .*masks\/cut\/1\.png and .*masks\/cut\/1_mask\.png/,
    );
  });
});

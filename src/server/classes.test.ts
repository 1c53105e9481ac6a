/** Conditional models over HTTP: a class for each image, whatever requests are joined into a batch. */
import { beforeAll, describe, expect, test } from 'vitest';
import { factsOfClasses, PIXELS, SIDE, type TestService, testService, UNITS } from './testing.ts';

/** A class by a number, as digits are, at another position than its name says. */
const CLASSES = ['cat', 'dog', '0', 'rare'];
const image = (first: number) => Array.from({ length: PIXELS }, (_, i) => (first + i) / 100);
const IMAGES = [image(0), image(10), image(20)];

let service: TestService;
beforeAll(async () => {
  service = await testService({}, factsOfClasses(CLASSES, ['rare']));
});

interface Arrays {
  codes: { shape: number[]; data: number[][] };
  images: { shape: number[]; data: unknown[] };
  samples: { data: number[][][] };
  classes: string[];
}

async function answer(verb: string, body: object): Promise<Arrays> {
  const response = await service.post(verb, body);
  const text = await response.text();
  expect([response.status, text]).toEqual([200, expect.anything()]);
  return JSON.parse(text) as Arrays;
}

/** The first value of each, to two digits. */
const firsts = (values: readonly unknown[]): number[] =>
  values.map((value) => Math.round(100 * Number((value as unknown[]).flat(9)[0])) / 100);

describe('a class', () => {
  test.each([
    ['one for all', 'dog', [1, 1.2, 1.4]],
    ['one for each', ['dog', 'cat', '0'], [1, 0.2, 2.4]],
    ['a position where no class has this name', 1, [1, 1.2, 1.4]],
    ['a name before a position', 0, [2, 2.2, 2.4]],
    ['a list of one', ['dog'], [1, 1.2, 1.4]],
  ])('%s', async (_, given, codes) => {
    const found = await answer('encode', { images: IMAGES, class: given });
    expect(firsts(found.codes.data)).toEqual(codes);
  });

  test('is told in a query, too, where digits are names', async () => {
    for (const [query, codes] of [
      ['0', [2, 2.2, 2.4]],
      ['cat,0,dog', [0, 2.2, 1.4]],
    ] as const) {
      const response = await service.ask(`/v1/models/plain/encode?class=${query}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ images: IMAGES }),
      });
      expect(firsts(((await response.json()) as Arrays).codes.data)).toEqual(codes);
    }
  });

  test('stays with its image in batches of many requests', async () => {
    const asked = Array.from({ length: 40 }, (_, i) => ({
      images: Array.from({ length: 1 + (i % 3) }, (_, k) => image(i + k)),
      label: i % 3,
    }));
    const found = await Promise.all(
      asked.map(({ images, label }) => answer('encode', { images, class: CLASSES[label]! })),
    );
    for (const [i, { codes }] of found.entries()) {
      const { images, label } = asked[i]!;
      expect(firsts(codes.data)).toEqual(images.map((_, k) => Math.round(2 * (i + k) + 100 * label) / 100));
    }
    expect(service.engine.runs.some(({ labels }) => new Set(labels).size === 3)).toBe(true);
  });

  test.each([
    ['none', undefined, /^Class: must be given: plain is a conditional model of cat, dog, 0/],
    [
      'an unknown one',
      'dgo',
      /^Class: must be one of the classes of plain: cat, dog, 0, got dgo; did you mean 'dog'\?/,
    ],
    ['one without training images', 'rare', /had no training images/],
    ['too few', ['cat', 'dog'], /^Classes: must be one for all, or one for each of 3, got 2 classes/],
    ['an empty list', [], /^'class': Too small/],
    ['what is no class', { name: 'dog' }, /^'class': must be a class of the model/],
    ['a position beyond the last', 7, /^Class: must be one of the classes/],
  ])('is refused: %s', async (_, given, words) => {
    const response = await service.post('encode', { images: IMAGES, class: given });
    const problem = (await response.json()) as { detail: string };
    expect([response.status, problem.detail]).toEqual([422, expect.stringMatching(words)]);
  });

  test('is refused by a model that is told none', async () => {
    const response = await (await testService()).post('encode', { images: IMAGES, class: 'dog' });
    expect(response.status).toBe(422);
    expect(((await response.json()) as { detail: string }).detail).toMatch(
      /^Class: is for conditional models: plain is told no class/,
    );
  });

  test('may be given for as many images as a request may hold', async () => {
    const images = Array.from({ length: 256 }, () => image(0));
    const given = Array.from({ length: 256 }, () => 'x'.repeat(100));
    const response = await service.post('encode', { images, class: given });
    expect(((await response.json()) as { detail: string }).detail).toMatch(/^Class: must be one of/);
  });
});

describe('the verbs of a conditional model', () => {
  test('are described, with its classes', async () => {
    const facts = await (await service.ask('/v1/models/plain')).json();
    expect(facts).toMatchObject({ classes: ['cat', 'dog', '0'] });
    const document = await (await service.ask('/openapi.json')).text();
    expect(document).toContain('"name":"class"');
    expect(document).toContain('"name":"as"');
  });

  test('decode and manifold take it', async () => {
    const { images } = await answer('decode', { codes: [[0.5, 0]], class: 'dog' });
    expect(firsts(images.data)).toEqual([1.5]);
    const plane = await answer('manifold', { size: 2, class: '0' });
    expect(plane.images.shape).toEqual([2, 2, 1, SIDE, SIDE]);
    expect(firsts(plane.images.data.flat(1))[0]).toBeCloseTo(2 - 2.33, 1);
  });

  test('reconstruct decodes as another class', async () => {
    const same = await answer('reconstruct', { images: IMAGES, class: 'dog' });
    expect(firsts(same.images.data)).toEqual([2, 1.9, 1.8]);
    // Encoded as a dog, 2 x + 1, and decoded as class 0 or as a cat.
    const { images } = await answer('reconstruct', { images: IMAGES, class: 'dog', as: ['0', 'cat', '0'] });
    expect(firsts(images.data)).toEqual([3, 1.2, 3.4]);
    const drawn = await answer('reconstruct', {
      images: IMAGES,
      class: 'cat',
      as: ['0', 'dog', 'cat'],
      samples: 2,
    });
    expect(drawn.images.shape).toEqual([3, 2, 1, SIDE, SIDE]);
    const { samples } = await answer('encode', { images: IMAGES, class: 'cat', samples: 2 });
    const wanted = samples.data.map((codes, n) => codes.map(([z]) => z! + [2, 1, 0][n]!));
    expect(drawn.images.data.map((two) => firsts(two as unknown[]))).toEqual(
      wanted.map((two) => two.map((value) => Math.round(100 * value) / 100)),
    );
  });

  test('sample draws a class, one for each, or all in turn', async () => {
    const one = await answer('sample', { count: 2, seed: 4, class: 'dog' });
    expect([one.classes, firsts(one.images.data)]).toEqual([
      ['dog', 'dog'],
      [1.5, 1.5],
    ]);
    const each = await answer('sample', { count: 3, seed: 4, class: ['0', 'cat', 'dog'] });
    expect([each.classes, firsts(each.images.data)]).toEqual([
      ['0', 'cat', 'dog'],
      [2.5, 0.5, 1.5],
    ]);
    const all = await answer('sample', { count: 5, seed: 4 });
    expect(all.classes).toEqual(['cat', 'cat', 'dog', 'dog', '0']);
  });

  test('interpolate walks with the class of the nearer end', async () => {
    const { images, codes } = await answer('interpolate', {
      images: IMAGES.slice(0, 2),
      class: ['cat', '0'],
      steps: 4,
    });
    const walked = codes.data.flat(1) as unknown as number[][];
    expect(firsts(walked)).toEqual([0, 0.73, 1.47, 2.2]);
    expect(firsts(images.data.flat(1))).toEqual([0, 0.73, 3.47, 4.2]);
  });

  test('posterior and denoise take it', async () => {
    const { codes } = await answer('encode', { images: IMAGES, class: 'dog', posterior: 'yes' });
    expect(codes.shape).toEqual([3, UNITS]);
    expect(firsts(codes.data)).toEqual([1, 1.2, 1.4]);
    const facts = factsOfClasses(CLASSES);
    const noisy = {
      ...facts,
      info: { ...facts.info, corruption: { type: 'gaussian', sigma: 0.1 } as const },
    };
    const response = await (await testService({}, noisy)).post('denoise', {
      images: IMAGES,
      class: ['0', 'cat', 'dog'],
    });
    expect(firsts(((await response.json()) as Arrays).images.data)).toEqual([3, 0.9, 1.8]);
  });
});

test('the page asks for the class, and its requests name one', async () => {
  const text = await (await service.ask('/')).text();
  expect(text).toContain(
    '<select name="class"><option>cat</option><option>dog</option><option>0</option></select>',
  );
  expect(text).toContain("/v1/models/plain/encode?class=cat'");
  expect(await (await (await testService()).ask('/')).text()).not.toContain('name="class"');
});

import { describe, expect, test } from 'vitest';
import { HourglassError } from '../errors.ts';
import { decodeModel } from '../onnx/index.ts';
import { objectiveOf } from '../training/testing.ts';
import {
  autoencoderSchema,
  defineAutoencoder,
  objectiveGraph,
  shippedModels,
  trainingGraph,
} from './index.ts';

const IMAGE = { height: 28, width: 28, channels: 1 };
const dense = (units: number) => ({ type: 'dense', units, activation: 'relu' });
const conv = (channels: number, more: object = {}) => ({ type: 'conv', channels, kernel: 3, ...more });
const up = (channels: number) => ({ type: 'convTranspose', channels, kernel: 3, stride: 2 });
const pool = { type: 'maxPool' };
const maps = { type: 'maps' };

function define(model: object, image = IMAGE) {
  return defineAutoencoder(autoencoderSchema().parse({ family: 'autoencoder', ...model }), image);
}

const CONV = {
  encoder: [conv(4), pool, conv(8), pool],
  code: maps,
  decoder: [up(8), up(4)],
  output: { type: 'conv' },
};

describe('shapes', () => {
  test.each<[string, object, number[]]>([
    ['dense', { encoder: [dense(9)], code: { units: 3 }, decoder: [dense(9)] }, [3]],
    ['dense, by name', { encoder: [], code: { type: 'dense', units: 3 }, decoder: [] }, [3]],
    ['maps', CONV, [8, 7, 7]],
    [
      'dense between maps',
      {
        encoder: [conv(4, { stride: 2 }), { type: 'flatten' }],
        code: { units: 16, activation: 'sigmoid' },
        decoder: [dense(196), { type: 'reshape', shape: [1, 14, 14] }, { type: 'upsample' }],
        output: { type: 'conv', kernel: 5 },
      },
      [16],
    ],
    [
      'maps, then dense',
      {
        encoder: [{ type: 'dropout', rate: 0.1 }, conv(4), pool],
        code: maps,
        decoder: [{ type: 'flatten' }],
      },
      [4, 14, 14],
    ],
    [
      'batch norm before a convolution',
      { ...CONV, encoder: [{ type: 'batchNorm' }, ...CONV.encoder] },
      [8, 7, 7],
    ],
  ])('%s', (_, model, codeShape) => {
    const definition = define(model);
    expect(definition).toMatchObject({ values: 784, codeShape });
    expect(definition.codeUnits).toBe(codeShape.reduce((a, b) => a * b, 1));
    const { objective, gradients } = trainingGraph(definition, objectiveOf('mse'));
    expect(objective.reconstruction.shape).toEqual(['N', 784]);
    for (const { parameter, gradient } of gradients) expect(gradient.shape).toEqual(parameter.shape);
  });

  test('colour images, not square', () => {
    const definition = define(CONV, { height: 8, width: 12, channels: 3 });
    expect(definition).toMatchObject({ values: 288, codeShape: [8, 2, 3] });
  });
});

describe('sizes that do not fit', () => {
  test.each<[string, object, RegExp]>([
    [
      'maps into dense',
      { ...CONV, code: { units: 3 } },
      /^encoder\.code: takes rows.*\[N, 8, 7, 7\].*flatten layer/,
    ],
    ['dense into maps', { encoder: [dense(9)], code: maps, decoder: [] }, /^model\.code: .*ends in maps/],
    [
      'a code into a conv',
      { ...CONV, encoder: [dense(9)], code: { units: 9 } },
      /^decoder\.convTranspose1: takes maps/,
    ],
    [
      'not back to the image',
      { ...CONV, decoder: [up(8)] },
      /^model\.decoder: must return to the image's 28×28.*14×14/,
    ],
    [
      'an odd size on the way',
      { ...CONV, encoder: [...CONV.encoder, pool], decoder: [up(8), up(8), up(4)] },
      /must return to the image's 28×28.*24×24/,
    ],
    [
      'dense output of maps',
      { ...CONV, output: {} },
      /^decoder\.output: takes rows of features.*flatten layer/,
    ],
    ['conv output of rows', { ...CONV, decoder: [{ type: 'flatten' }] }, /^decoder\.output: takes maps/],
    [
      'pooled away',
      { ...CONV, encoder: [pool, pool, pool, pool, pool] },
      /^encoder\.maxPool5: its 2×2 window/,
    ],
  ])('%s', (_, model, told) => {
    expect(() => define(model)).toThrow(HourglassError);
    expect(() => define(model)).toThrow(told);
  });
});

test('a configuration without types is dense, and says so once filled in', () => {
  const config = autoencoderSchema().parse({
    family: 'autoencoder',
    encoder: [],
    code: { units: 3 },
    decoder: [],
  });
  expect(config.code).toMatchObject({ type: 'dense', units: 3, activation: 'identity' });
  expect(config.output).toEqual({ type: 'dense', activation: 'sigmoid', bias: true });
});

test('what is shipped is plain convolution, with codes in rows', () => {
  const definition = define(CONV);
  const { net } = objectiveGraph(definition, objectiveOf('bce'), 'infer');
  const weights = new Map(
    [...net.parameters.values()].map(({ name, shape }) => [
      name,
      new Float32Array(shape.reduce((a, b) => a * b, 1)),
    ]),
  );
  const files = shippedModels(definition, IMAGE, weights, {});
  const model = decodeModel(files.autoencoder, 'autoencoder.onnx');
  const ops = model.nodes.map(({ op }) => op).filter((op) => /Conv|Pool/.test(op));
  expect(ops).toEqual(['Conv', 'MaxPool', 'Conv', 'MaxPool', 'ConvTranspose', 'ConvTranspose', 'Conv']);
  expect(model.inputs).toEqual([{ name: 'image', shape: ['N', 1, 28, 28], dtype: 'float32' }]);
  expect(model.outputs).toEqual([
    { name: 'reconstruction', shape: ['N', 1, 28, 28], dtype: 'float32' },
    { name: 'code', shape: ['N', 392], dtype: 'float32' },
  ]);
  expect(decodeModel(files.decoder, 'decoder.onnx').inputs).toEqual([
    { name: 'code', shape: ['N', 392], dtype: 'float32' },
  ]);
});

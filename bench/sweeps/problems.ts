/**
 * Five small problems of sweeps: a recipe, the settings that vary, and the values that are trained once and recorded. A trial
 * is then a look-up: its settings take the nearest values of the grid, and it has the recorded losses.
 */
import {
  type Point,
  parseSpace,
  type Setting,
  type Space,
  type WrittenSpace,
} from '../../src/sweeps/index.ts';

export interface Problem {
  readonly name: string;
  /** What is trained. */
  readonly about: string;
  readonly recipe: string;
  /** Values of every training, by path. */
  readonly fixed: Readonly<Record<string, unknown>>;
  /** What the search is told. */
  readonly written: WrittenSpace;
  /** The values of each setting that are recorded, in the order of the space; positions for choices. */
  readonly grid: Readonly<Record<string, readonly number[]>>;
  /** What it learns from: digits of 14 × 14 pixels, or their sums as rows of a table. */
  readonly samples: 'digits' | 'sums';
}

/** Epochs of each recorded training: the rungs of ASHA are at 1, 4 and 16. */
export const EPOCHS = 16;

const RATE = 'training.optimiser.learningRate';
const BATCH = 'training.batchSize';
const UNITS = 'model.code.units';
const dense = (units: number, activation: string) => ({ type: 'dense', units, activation });
const rates = (...powers: number[]) => powers.map((power) => Number((10 ** power).toPrecision(4)));
const NINE = rates(-4, -3.625, -3.25, -2.875, -2.5, -2.125, -1.75, -1.375, -1);
const SETTLED = { adapt: false, 'training.epochs': EPOCHS, 'training.keep': 'best' };

export const PROBLEMS: readonly Problem[] = [
  {
    name: 'quick',
    about: 'a dense autoencoder, binary cross-entropy per pixel',
    recipe: 'quick',
    samples: 'digits',
    fixed: {
      ...SETTLED,
      'model.encoder': [dense(64, 'elu')],
      'model.decoder': [dense(64, 'elu')],
    },
    written: {
      [RATE]: { range: [1e-4, 1e-1], log: true },
      [UNITS]: { integers: [2, 32], log: true, step: 1 },
      [BATCH]: [16, 64, 256],
      'model.encoder.0.units': { integers: [16, 256], log: true, step: 1 },
    },
    grid: {
      [RATE]: NINE,
      [UNITS]: [2, 4, 8, 16, 32],
      [BATCH]: [0, 1, 2],
      'model.encoder.0.units': [16, 64, 256],
    },
  },
  {
    name: 'vae',
    about: 'a variational autoencoder, negative ELBO per image in nats',
    recipe: 'vae20',
    samples: 'digits',
    fixed: {
      ...SETTLED,
      'model.encoder': [dense(64, 'gelu')],
      'model.decoder': [dense(64, 'gelu')],
    },
    written: {
      [RATE]: { range: [1e-4, 1e-1], log: true },
      [UNITS]: { integers: [2, 32], log: true, step: 1 },
      [BATCH]: [16, 64, 256],
      'model.encoder.0.activation': ['relu', 'gelu', 'tanh'],
    },
    grid: {
      [RATE]: NINE,
      [UNITS]: [2, 4, 8, 16, 32],
      [BATCH]: [0, 1, 2],
      'model.encoder.0.activation': [0, 1, 2],
    },
  },
  {
    name: 'denoising',
    about: 'a dense denoiser, binary cross-entropy per pixel on noisy digits',
    recipe: 'quick',
    samples: 'digits',
    fixed: {
      ...SETTLED,
      corruption: { type: 'gaussian', sigma: 0.4 },
      'model.encoder': [dense(64, 'relu')],
      'model.decoder': [dense(64, 'relu')],
      'model.code': { units: 16, activation: 'relu', dropout: 0 },
    },
    written: {
      [RATE]: { range: [1e-4, 1e-1], log: true },
      'model.code.dropout': { range: [0, 0.6], log: false },
      'model.encoder.0.units': { integers: [16, 256], log: true, step: 1 },
      'model.encoder.0.activation': ['relu', 'elu', 'tanh'],
    },
    grid: {
      [RATE]: NINE,
      'model.code.dropout': [0, 0.2, 0.4, 0.6],
      'model.encoder.0.units': [16, 64, 256],
      'model.encoder.0.activation': [0, 1, 2],
    },
  },
  {
    name: 'conv',
    about: 'a convolutional autoencoder with Adam or SGD, binary cross-entropy per pixel',
    recipe: 'conv',
    samples: 'digits',
    fixed: {
      ...SETTLED,
      'model.encoder': [
        { type: 'conv', channels: 8, kernel: 3, stride: 2, activation: 'relu' },
        { type: 'conv', channels: 4, kernel: 3, activation: 'relu' },
      ],
      'model.decoder': [{ type: 'convTranspose', channels: 8, kernel: 3, stride: 2, activation: 'relu' }],
      [BATCH]: 64,
    },
    written: {
      [RATE]: { range: [1e-4, 1], log: true },
      'model.encoder.0.channels': { integers: [2, 8], log: true, step: 1 },
      'training.optimiser.type': ['adam', 'sgd'],
      'training.optimiser.momentum': {
        range: [0, 0.9],
        log: false,
        when: { 'training.optimiser.type': 'sgd' },
      },
    },
    grid: {
      [RATE]: rates(-4, -3.5, -3, -2.5, -2, -1.5, -1, -0.5, 0),
      'model.encoder.0.channels': [2, 8],
      'training.optimiser.type': [0, 1],
      'training.optimiser.momentum': [0, 0.45, 0.9],
    },
  },
  {
    name: 'table',
    about: "rows of 28 numbers, the sums of a digit's rows and columns, mean squared error",
    recipe: 'table',
    samples: 'sums',
    fixed: {
      ...SETTLED,
      'model.encoder': [dense(64, 'gelu')],
      'model.decoder': [dense(64, 'gelu')],
    },
    written: {
      [RATE]: { range: [1e-4, 1e-1], log: true },
      [UNITS]: { integers: [2, 16], log: false, step: 2 },
      'training.optimiser.weightDecay': { range: [1e-4, 1], log: true },
      [BATCH]: [16, 64],
    },
    grid: {
      [RATE]: NINE,
      [UNITS]: [2, 4, 8, 16],
      'training.optimiser.weightDecay': [1e-4, 1e-2, 1],
      [BATCH]: [0, 1],
    },
  },
];

export const spaceOf = (problem: Problem): Space => parseSpace(problem.written).space;

/** The recorded values nearest to a point, by magnitude where the setting is drawn so. */
export function nearestOnGrid({ grid }: Problem, space: Space, point: Point): Point {
  return Object.fromEntries(
    space.flatMap((setting) => {
      const value = point[setting.path];
      return value === undefined ? [] : [[setting.path, nearestTo(setting, grid[setting.path]!, value)]];
    }),
  );
}

function nearestTo({ domain }: Setting, values: readonly number[], wanted: number): number {
  const to = (value: number) => (domain.type !== 'choice' && domain.log ? Math.log(value) : value);
  return values.reduce((best, value) =>
    Math.abs(to(value) - to(wanted)) < Math.abs(to(best) - to(wanted)) ? value : best,
  );
}

/** Every recorded combination, as a point. */
export function recordedPoints(problem: Problem): Point[] {
  const space = spaceOf(problem);
  return space.reduce<Point[]>(
    (points, setting) =>
      points.flatMap((point) =>
        isSet(setting, space, point)
          ? problem.grid[setting.path]!.map((value) => ({ ...point, [setting.path]: value }))
          : [point],
      ),
    [{}],
  );
}

function isSet({ when = {} }: Setting, space: Space, point: Point): boolean {
  return Object.entries(when).every(([path, allowed]) => {
    const { domain } = space.find((one) => one.path === path)!;
    return domain.type === 'choice' && allowed.includes(domain.values[point[path]!]!);
  });
}

/** A point as text: its numbers in the order of the space, a dash where a setting is not set. */
export const keyOf = (space: Space, point: Point): string =>
  space.map(({ path }) => point[path] ?? '-').join(' ');

/** What is measured: five kinds of work, what each costs at least, and what is aimed at. */
import { readFileSync } from 'node:fs';
import {
  type AutoencoderConfig,
  autoencoderSchema,
  type Definition,
  defineAutoencoder,
  type ObjectiveConfig,
  objectiveGraph,
  objectiveSchema,
} from '../src/models/index.ts';

export const PIXELS = 784;
export const LEARNING_RATE = 0.001;

/** At least so many times as fast as a peer; at least such a share of the floor. */
export type Aims = Partial<Record<'pytorch' | 'jax' | 'floor', number>>;

export interface Network {
  name: string;
  /** What it is, in a line. */
  about: string;
  /** `training`: steps of Adam; `encoding`: codes of so many images. */
  work: 'training' | 'encoding';
  batches: readonly number[];
  aims: Aims;
  model: object;
  objective: object;
}

const recipe = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../recipes/${name}.json`, import.meta.url), 'utf8')) as {
    model: object;
    corruption?: object;
    loss: object;
    penalties?: object;
  };
const objectiveOf = ({ corruption, loss, penalties }: ReturnType<typeof recipe>) => ({
  corruption,
  loss,
  penalties,
});

const stacked = recipe('stacked');
const conv = (channels: number, kernel: number) => ({ type: 'conv', channels, kernel, activation: 'relu' });

export const NETWORKS: readonly Network[] = [
  {
    name: 'dense',
    about:
      '`stacked`: 784-512-256-128-11-128-256-512-784, ReLU, dropout 0.2 seven times, mean absolute error, Adam',
    work: 'training',
    batches: [32, 128, 512],
    aims: { pytorch: 1.5, jax: 1, floor: 0.7 },
    model: stacked.model,
    objective: objectiveOf(stacked),
  },
  {
    name: 'convolutional',
    about:
      '3×3 denoiser 1→32→32→32→32→1 at 28×28, pooled and upsampled twice, ReLU, noise σ 0.4, binary cross-entropy, Adam',
    work: 'training',
    batches: [128],
    aims: { pytorch: 1.2, jax: 3, floor: 0.45 },
    model: {
      encoder: [conv(32, 3), { type: 'maxPool', size: 2 }, conv(32, 3), { type: 'maxPool', size: 2 }],
      code: { type: 'maps' },
      decoder: [conv(32, 3), { type: 'upsample', factor: 2 }, conv(32, 3), { type: 'upsample', factor: 2 }],
      output: { type: 'conv', kernel: 3, activation: 'sigmoid' },
    },
    objective: { corruption: { type: 'gaussian', sigma: 0.4 }, loss: { type: 'bce' } },
  },
  {
    name: 'variational',
    about: '784-400-20 and back, GELU, binary cross-entropy and KL divergence, Adam',
    work: 'training',
    batches: [128],
    aims: { pytorch: 1.5, jax: 1, floor: 0.6 },
    model: recipe('vae20').model,
    objective: objectiveOf(recipe('vae20')),
  },
  {
    name: 'contractive',
    about: '784-256-256-64 and back, sigmoid, squared error and the exact ‖∂h/∂x‖²_F, Adam',
    work: 'training',
    batches: [128],
    aims: { pytorch: 2, jax: 1 },
    model: recipe('contractive').model,
    objective: { loss: recipe('contractive').loss, penalties: { contraction: { weight: 0.05 } } },
  },
  {
    name: 'encoding',
    about: 'the encoder of `stacked`, 784-512-256-128-11: bytes in, codes out, by `model.encode`',
    work: 'encoding',
    batches: [10_000],
    aims: { pytorch: 1.5, jax: 1, floor: 0.7 },
    model: stacked.model,
    objective: objectiveOf(stacked),
  },
];

export function networkNamed(name: string): Network {
  const found = NETWORKS.find((network) => network.name === name);
  if (found !== undefined) return found;
  throw new RangeError(
    `no network '${name}'; there are ${NETWORKS.map((network) => network.name).join(', ')}`,
  );
}

export function definitionOf({ model }: Network): Definition {
  const config: AutoencoderConfig = autoencoderSchema.parse({ family: 'autoencoder', ...model });
  return defineAutoencoder(config, { height: 28, width: 28, channels: 1 });
}

export const objectiveConfig = ({ objective }: Network): ObjectiveConfig => objectiveSchema.parse(objective);

/** What the work on one image, and once a step, cannot do without. */
export interface Cost {
  parameters: number;
  /** Floating-point operations of all products: a forward pass; of training, one for each gradient as well. */
  operations: number;
  /** Bytes of what layers make of an image, written and read; of training, their gradients too. */
  bytesAnImage: number;
  /** Bytes once a step: parameters, gradients and both moments of Adam. */
  bytesAStep: number;
}

/** By the graph that validates, which has neither masks nor gradients; penalties are not counted. */
export function costOf(network: Network): Cost {
  const definition = definitionOf(network);
  const { net, image, objective } = objectiveGraph(
    definition,
    objectiveSchema.parse({ loss: objectiveConfig(network).loss }),
    'validate',
  );
  const training = network.work === 'training';
  const roots = training ? [objective.reconstruction] : [definition.encode(net, image).value];
  const products: { operations: number; elements: number; first: boolean }[] = [];
  const seen = new Set<object>();
  const visit = (symbol: (typeof roots)[number]) => {
    if (seen.has(symbol)) return;
    seen.add(symbol);
    for (const operand of symbol.inputs) visit(operand);
    const sizes = (of: typeof symbol) => of.shape.slice(1) as number[];
    const product = (of: readonly number[]) => of.reduce((a, b) => a * b, 1);
    const [x, weight] = symbol.inputs;
    const elements = product(sizes(symbol));
    if (symbol.op === 'Gemm') {
      products.push({ operations: 2 * product(weight!.shape as number[]), elements, first: x === image });
    } else if (symbol.op === 'Conv' || symbol.op === 'ConvTranspose') {
      const positions = product(sizes(symbol.op === 'Conv' ? symbol : x!).slice(1));
      products.push({
        operations: 2 * product(weight!.shape as number[]) * positions,
        elements,
        first: sizes(x!)[0] === 1,
      });
    }
  };
  for (const root of roots) visit(root);
  const passes = (first: boolean) => (training ? (first ? 2 : 3) : 1);
  const parameters = [...net.parameters.values()]
    .map(({ shape }) => shape.reduce((a, b) => a * b, 1))
    .reduce((a, b) => a + b, 0);
  return {
    parameters,
    operations: products.reduce((sum, { operations, first }) => sum + operations * passes(first), 0),
    bytesAnImage: PIXELS + products.reduce((sum, { elements }) => sum + 4 * elements * (training ? 4 : 2), 0),
    bytesAStep: training ? 7 * 4 * parameters : 4 * parameters,
  };
}

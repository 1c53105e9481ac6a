/** A flow's draws in plain arithmetic against the graph that it was fitted with. */
import { expect, test } from 'vitest';
import { evaluate, ndArray } from '../../../test/reference/interpreter.ts';
import { random } from '../../../test/reference/random.ts';
import { BATCH, input } from '../../graph/index.ts';
import { couplingLayers, MOST_LOG_SCALE, Network, passedUnits } from '../../nn/index.ts';
import { feedsOf } from '../../nn/testing.ts';
import { nodeEngine } from '../../node/engine/index.ts';
import { drawMixture } from './draw.ts';
import { drawFlow } from './draw-flow.ts';
import { isFlow, type StoredFlow } from './flow-file.ts';
import { storedFloats } from './layer-file.ts';

const [UNITS, WIDTH, LAYERS, ROWS] = [3, 4, 3, 6];

test('draws of a flow are those of its base, taken back through the couplings', () => {
  const net = new Network('train');
  const x = input('x', [BATCH, UNITS]);
  const { value } = couplingLayers(net, x, { layers: LAYERS, width: WIDTH }, 'toNormal');
  const feeds = feedsOf(net, ROWS, random(2));
  const of = (layer: number, name: string) => {
    const values = (kind: string) => {
      const { symbol } = net.parameters.get(`coupling${layer + 1}.${name}.${kind}`)!;
      return storedFloats(Float32Array.from(feeds.get(symbol)!.data));
    };
    return { weight: values('weight'), bias: values('bias') };
  };
  const base = {
    note: '',
    logLikelihood: 0,
    tried: [],
    weights: [0.5, 0.5],
    means: [
      [0, 1, 2],
      [-1, 0.5, 0],
    ],
    covariances: [1, 2].map((a) => [[a], [0.3, a], [0.1, 0.2, a]]),
    range: null,
  };
  const flow: StoredFlow = {
    note: '',
    gain: 0,
    mean: [0.1, 0.2, 0.3],
    std: [1, 2, 0.5],
    mostLogScale: MOST_LOG_SCALE,
    width: WIDTH,
    couplings: Array.from({ length: LAYERS }, (_, layer) => ({
      passed: passedUnits(layer, UNITS),
      hidden1: of(layer, 'hidden1'),
      hidden2: of(layer, 'hidden2'),
      scale: of(layer, 'scale'),
      shift: of(layer, 'shift'),
    })).reverse(),
    base,
  };
  expect(isFlow(flow, UNITS)).toBe(true);
  expect(isFlow({ ...flow, width: WIDTH + 1 }, UNITS)).toBe(false);
  expect(isFlow(flow, UNITS + 1)).toBe(false);
  const standardised = (codes: Float32Array) =>
    Float64Array.from(codes, (code, i) => (code - flow.mean[i % UNITS]!) / flow.std[i % UNITS]!);
  const drawn = drawFlow(nodeEngine, flow, ROWS, 4);
  feeds.set(x, ndArray([ROWS, UNITS], standardised(drawn.data)));
  const back = evaluate([value], feeds)[0]!.data;
  const expected = standardised(drawMixture(nodeEngine, base, ROWS, 4).data);
  for (const [i, one] of expected.entries()) expect(back[i]).toBeCloseTo(one, 2);
  // In pieces the same, and within a range where there is one.
  expect(drawFlow(nodeEngine, flow, 2, 4, 4).data).toEqual(drawn.data.slice(4 * UNITS));
  const range = { min: [-0.1, -0.1, -0.1], max: [0.1, 0.1, 0.1] };
  const bounded = drawFlow(nodeEngine, { ...flow, base: { ...base, range } }, ROWS, 4).data;
  expect(Math.max(...bounded.map(Math.abs))).toBeLessThanOrEqual(Math.fround(0.1));
});

import { expect, test } from 'vitest';
import { differences, relativeError } from '../../../test/reference/differences.ts';
import { evaluate, ndArray } from '../../../test/reference/interpreter.ts';
import { random } from '../../../test/reference/random.ts';
import { feedsOf, normal } from '../../nn/testing.ts';
import { LEAST_VARIANCE, secondStageGraph } from './second-stage.ts';

const [UNITS, ROWS] = [2, 4];
const SHAPE = { layers: 2, width: 3 };

/** A graph with numbers for all that it asks for; `number` reads them by name. */
function given() {
  const graph = secondStageGraph(UNITS, SHAPE);
  const draw = random(4);
  const feeds = feedsOf(graph.net, ROWS, draw);
  const list = (scale: number) => Array.from({ length: ROWS * UNITS }, () => scale * normal(draw));
  feeds.set(graph.inputs.x!, ndArray([ROWS, UNITS], list(1)));
  feeds.set(
    graph.inputs.spread!,
    ndArray(
      [ROWS, UNITS],
      list(0.3).map((value) => value ** 2),
    ),
  );
  const { net } = graph;
  const numbers = (name: string) =>
    feeds.get((net.parameters.get(name) ?? net.randomness.get(name))!.symbol)!.data;
  return { graph, feeds, numbers };
}

test('the loss is −ELBO, by the formulas of the normal distribution written out', () => {
  const { graph, feeds, numbers } = given();
  const layer = (name: string, x: number[]) => {
    const [weight, bias] = [numbers(`${name}.weight`), numbers(`${name}.bias`)];
    return Array.from(bias, (b, j) =>
      x.reduce((sum, value, i) => sum + value * weight[i * bias.length + j]!, b),
    );
  };
  const half = (name: string, x: number[]) => {
    let h = x;
    for (let k = 1; k <= SHAPE.layers; k++)
      h = [...layer(`${name}.hidden${k}`, h).map((value) => Math.max(0, value)), ...x];
    return h;
  };
  const row = (values: ArrayLike<number>, n: number) =>
    Array.from({ length: UNITS }, (_, i) => values[n * UNITS + i]!);
  const logDensity = (x: number, mean: number, variance: number) =>
    -((x - mean) ** 2) / (2 * variance) - Math.log(Math.sqrt(2 * Math.PI * variance));
  let sum = 0;
  for (let n = 0; n < ROWS; n++) {
    const [x, spread] = [graph.inputs.x!, graph.inputs.spread!].map((one) => row(feeds.get(one)!.data, n));
    const code = x!.map((value, i) => value + spread![i]! * row(numbers('noise'), n)[i]!);
    const seen = half('encoder', code);
    const mean = layer('encoder.mean', seen);
    const variance = layer('encoder.logVariance', seen).map((log) => Math.exp(log));
    const u = mean.map((value, i) => value + Math.sqrt(variance[i]!) * row(numbers('epsilon'), n)[i]!);
    const made = layer('decoder.output', half('decoder', u));
    for (let i = 0; i < UNITS; i++) {
      sum -= logDensity(code[i]!, made[i]!, Math.exp(2 * numbers('logSigma')[0]!) + LEAST_VARIANCE);
      sum += (variance[i]! + mean[i]! ** 2 - 1 - Math.log(variance[i]!)) / 2;
    }
  }
  expect(evaluate([graph.loss], feeds)[0]!.data[0]).toBeCloseTo(sum / ROWS, 9);
});

test('the loss differentiates', () => {
  const { graph, feeds } = given();
  for (const { parameter, gradient } of graph.gradients) {
    const found = evaluate([gradient], feeds)[0]!;
    const error = relativeError(found, differences(graph.loss, parameter.symbol, feeds, 1e-5));
    expect(error, parameter.name).toBeLessThan(1e-4);
  }
});

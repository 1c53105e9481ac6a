/** A second stage's draws in plain arithmetic against its graph; and files that are damaged. */
import { expect, test } from 'vitest';
import { evaluate, type NdArray, ndArray } from '../../../test/reference/interpreter.ts';
import { madeSamplers } from '../../../test/support/samplers.ts';
import type { Sym } from '../../graph/index.ts';
import { nodeEngine } from '../../node/engine/index.ts';
import { normalNumbers } from '../normal.ts';
import { samplerGraphs } from './as-graphs.ts';
import { drawSecondStage } from './draw-second-stage.ts';
import { storedFloats } from './layer-file.ts';
import { encodeSamplers, parseSamplers } from './samplers.ts';
import { isSecondStage } from './second-stage-file.ts';

const [UNITS, ROWS] = [3, 6];
const OWNER = { codeUnits: UNITS, weights: 'ab' };
const samplers = madeSamplers(OWNER, null);
const stage = samplers['second-stage']!;

test('draws of a second stage are those of its graph, in pieces the same, and within a range where there is one', () => {
  const drawn = drawSecondStage(nodeEngine, stage, ROWS, 4);
  const { inputs, code, tensors } = samplerGraphs(samplers, null).get('second-stage')!;
  const feeds = new Map<Sym, NdArray>(
    [...tensors].map(([symbol, values]) => [
      symbol,
      ndArray(symbol.shape as number[], Float64Array.from(values)),
    ]),
  );
  const noise = Float64Array.from(normalNumbers(nodeEngine, ROWS * 2 * UNITS, 4));
  feeds.set(inputs.noise!, ndArray([ROWS, 2 * UNITS], noise));
  const [made] = evaluate([code], feeds);
  expect(drawn.shape).toEqual([ROWS, UNITS]);
  for (const [i, value] of drawn.data.entries()) expect(made!.data[i]).toBeCloseTo(value, 5);
  expect(drawSecondStage(nodeEngine, stage, 2, 4, 4).data).toEqual(drawn.data.slice(4 * UNITS));
  expect(drawSecondStage(nodeEngine, stage, ROWS, 5).data).not.toEqual(drawn.data);
  const range = { min: [-0.1, -0.1, -0.1], max: [0.1, 0.1, 0.1] };
  const bounded = drawSecondStage(nodeEngine, { ...stage, range }, ROWS, 4).data;
  expect(Math.max(...bounded.map(Math.abs))).toBeLessThanOrEqual(Math.fround(0.1));
});

test('its file is read back, and a damaged one is refused', () => {
  const read = (changed: object) =>
    parseSamplers(
      encodeSamplers({ ...samplers, 'second-stage': { ...stage, ...changed } }),
      OWNER,
      'samplers.json',
    );
  expect(read({})).toEqual(samplers);
  const { 'second-stage': _, ...before } = samplers;
  expect(parseSamplers(JSON.stringify(before), OWNER, 'samplers.json')['second-stage']).toBeNull();
  const [first, second] = stage.hidden as [typeof stage.output, typeof stage.output];
  const endless = storedFloats(new Float32Array(stage.width).fill(Number.NaN));
  for (const changed of [
    { width: stage.width + 1 },
    { mean: [0, 0] },
    { std: [1, 0, 1] },
    { hidden: [second, first] },
    { hidden: [{ ...first, bias: endless }, second] },
    { output: { ...stage.output, weight: 'no base64!' } },
    { range: { min: [0], max: [1, 1, 1] } },
  ]) {
    expect(() => read(changed), JSON.stringify(changed)).toThrow('its second stage is not one of codes of 3');
  }
  expect(() => read({ hidden: [] })).toThrow('samplers.json: is damaged: second-stage.hidden');
  expect(() => read({ sigma: -1 })).toThrow('samplers.json: is damaged: second-stage.sigma');
  expect(() => read({ width: 1e9 })).toThrow('samplers.json: is damaged: second-stage.width');
  expect(isSecondStage(stage, UNITS + 1)).toBe(false);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HourglassError } from '../../errors.ts';
import { encodeGraphDef, type GraphNode, nodeNames } from './graph-def.ts';
import { readBytes, readInt, readMessage, readText } from './wire.ts';

const node = (name: string, inputs: string[] = [], more: Partial<GraphNode> = {}): GraphNode => ({
  name,
  op: 'Op',
  inputs,
  ...more,
});

/** NodeDefs, read by their field numbers; attributes stay bytes. */
function read(graph: Uint8Array) {
  const nodes: { name: string; op: string; inputs: string[]; attributes: Record<string, Uint8Array> }[] = [];
  let producer = 0;
  readMessage(graph, {
    1: readBytes((data) => {
      const found: (typeof nodes)[number] = { name: '', op: '', inputs: [], attributes: {} };
      readMessage(data, {
        1: readText((value) => (found.name = value)),
        2: readText((value) => (found.op = value)),
        3: readText((value) => found.inputs.push(value)),
        5: readBytes((entry) => {
          let key = '';
          readMessage(entry, {
            1: readText((value) => (key = value)),
            2: readBytes((value) => (found.attributes[key] = value)),
          });
        }),
      });
      nodes.push(found);
    }),
    4: readBytes((versions) => readMessage(versions, { 1: readInt((value) => (producer = value)) })),
  });
  return { nodes, producer };
}

describe('a GraphDef', () => {
  test('holds nodes, their inputs in order, and a version', () => {
    const graph = [node('x'), node('dense/w'), node('dense/MatMul', ['x', 'dense/w'], { op: 'MatMul' })];
    expect(read(encodeGraphDef(graph))).toEqual({
      producer: 22,
      nodes: [
        { name: 'x', op: 'Op', inputs: [], attributes: {} },
        { name: 'dense/w', op: 'Op', inputs: [], attributes: {} },
        { name: 'dense/MatMul', op: 'MatMul', inputs: ['x', 'dense/w'], attributes: {} },
      ],
    });
    expect(read(encodeGraphDef([])).nodes).toEqual([]);
  });

  test('holds shape, type and attributes', () => {
    const attributes = { alpha: 0.5, mode: 'same', pads: [1, 2], dtype: 'lost' };
    const graph = [node('x', [], { shape: ['N', 4], dtype: 'int64', attributes })];
    const found = read(encodeGraphDef(graph)).nodes[0]!.attributes;
    const shown: Record<string, string> = {};
    for (const key of ['alpha', 'mode', 'pads']) {
      readMessage(found[key]!, { 2: readText((value) => (shown[key] = value)) });
    }
    expect(shown).toEqual({ alpha: '0.5', mode: 'same', pads: '[1, 2]' });
    let type = 0;
    readMessage(found.dtype!, { 6: readInt((value) => (type = value)) });
    expect(type).toBe(9);
    const dims: [number, string][] = [];
    const dim = readBytes((data) => {
      const pair: [number, string] = [0, ''];
      readMessage(data, { 1: readInt((size) => (pair[0] = size)), 2: readText((name) => (pair[1] = name)) });
      dims.push(pair);
    });
    readMessage(found._output_shapes!, {
      1: readBytes((list) => readMessage(list, { 7: readBytes((shape) => readMessage(shape, { 2: dim })) })),
    });
    expect(dims).toEqual([
      [-1, 'N'],
      [4, ''],
    ]);
  });
});

describe('names', () => {
  const names = (...given: string[]) => [...nodeNames(given.map((name) => node(name))).values()];

  test('become valid and unique, and valid ones stay', () => {
    expect(names('a b', 'a_b', 'a:b', 'a b_1')).toEqual(['a_b_1', 'a_b', 'a_b_2', 'a_b_1_1']);
    expect(names('/a//b/', '', '_x', '/')).toEqual(['a/b', 'node', 'node_x', 'node_1']);
    expect(read(encodeGraphDef([node('é:0'), node('y', ['é:0'])])).nodes[1]!.inputs).toEqual(['node__0']);
  });

  test('of any text are what TensorFlow allows, each once', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: fc.constantFrom(...'ab_/ :.1-é') })), (given) => {
        const found = names(...given);
        expect(new Set(found).size).toBe(given.length);
        for (const name of found) expect(name).toMatch(/^[A-Za-z0-9.][\w.-]*(\/[\w.-]+)*$/);
      }),
      { seed: 10, numRuns: 300 },
    );
  });
});

test.each([
  ['two nodes of one name', [node('a'), node('a')], 'a name of its own'],
  ['an input from nowhere', [node('a', ['b'])], 'inputs from nodes of the graph, got b'],
  ['an unknown type', [node('a', [], { dtype: 'float16' })], 'must be of type float32, '],
])('%s is refused', (_, graph, words) => {
  expect(() => encodeGraphDef(graph)).toThrow(HourglassError);
  expect(() => encodeGraphDef(graph)).toThrow(words);
});

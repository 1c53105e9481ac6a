/**
 * A graph as the bytes of TensorFlow's GraphDef, for TensorBoard's graph dashboard. Slashes in names become
 * boxes that open. It takes a plain list of nodes, from any source.
 *
 * Messages: graph.proto, node_def.proto and attr_value.proto of
 * https://github.com/tensorflow/tensorflow/tree/master/tensorflow/core/framework
 */
import type { BinaryWriter } from '@bufbuild/protobuf/wire';
import { HourglassError } from '../../errors.ts';
import { DATA_TYPES, writeShape } from './tensor.ts';
import { bytes, encodeMessage, int, message, text, type Write } from './wire.ts';

export interface GraphNode {
  /** What other nodes call it by; scopes before slashes, as `encoder/dense1/MatMul`. */
  name: string;
  op: string;
  /** Names of the nodes whose results it takes, in order. */
  inputs: readonly string[];
  /** The shape of its result; a text is a size not known yet, as in `['N', 784]`. */
  shape?: readonly (number | string)[];
  dtype?: string;
  /** Shown as text; `dtype` and `_output_shapes` give way to the two above. */
  attributes?: Readonly<Record<string, number | string | readonly number[]>>;
}

/** A version of TensorFlow's graphs that all of its readers accept; it is also what PyTorch writes. */
const PRODUCER = 22;

/** What TensorFlow allows in a node's name, in front and behind. */
const FIRST = /^[A-Za-z0-9.]/;
const OTHERS = /[^A-Za-z0-9_.\-/]/g;

/** @throws HourglassError (usage) if two nodes have one name, or an input or a type is not known. */
export function encodeGraphDef(nodes: readonly GraphNode[]): Uint8Array<ArrayBuffer> {
  const names = nodeNames(nodes);
  return encodeMessage((graph) => {
    for (const node of nodes) message(graph, 1, (proto) => writeNode(proto, node, names));
    message(graph, 4, (versions) => int(versions, 1, PRODUCER));
  });
}

/**
 * Valid names, each used once, by the given ones: of TensorFlow's characters, with no empty scope. Names
 * that are valid already stay as they are; others give way to them.
 */
export function nodeNames(nodes: readonly GraphNode[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const { name } of nodes) {
    if (names.has(name)) throw refuse(name, 'must have a name of its own', name);
    names.set(name, validName(name));
  }
  const taken = new Set([...names].flatMap(([given, valid]) => (given === valid ? [valid] : [])));
  const repeats = new Map<string, number>();
  for (const [given, valid] of names) {
    if (given === valid) continue;
    let candidate = valid;
    let n = repeats.get(valid) ?? 0;
    while (taken.has(candidate)) candidate = `${valid}_${++n}`;
    repeats.set(valid, n);
    taken.add(candidate);
    names.set(given, candidate);
  }
  return names;
}

function validName(name: string): string {
  const scopes = name.replace(OTHERS, '_').split('/');
  const path = scopes.filter((scope) => scope !== '').join('/');
  return FIRST.test(path) ? path : `node${path}`;
}

function writeNode(proto: BinaryWriter, node: GraphNode, names: ReadonlyMap<string, string>): void {
  text(proto, 1, names.get(node.name)!);
  text(proto, 2, node.op);
  for (const input of node.inputs) {
    const name = names.get(input);
    if (name === undefined) throw refuse(node.name, 'must take its inputs from nodes of the graph', input);
    text(proto, 3, name);
  }
  for (const [key, value] of attributes(node)) {
    message(proto, 5, (entry) => {
      text(entry, 1, key);
      message(entry, 2, value);
    });
  }
}

/** AttrValue by name. */
function attributes({ name, shape, dtype, attributes: given = {} }: GraphNode): Map<string, Write> {
  const found = new Map<string, Write>();
  for (const [key, value] of Object.entries(given)) {
    const shown = typeof value === 'object' ? `[${value.join(', ')}]` : String(value);
    found.set(key, (attribute) => bytes(attribute, 2, new TextEncoder().encode(shown)));
  }
  if (dtype !== undefined) {
    if (!Object.hasOwn(DATA_TYPES, dtype)) {
      throw refuse(name, `must be of type ${Object.keys(DATA_TYPES).join(', ')}`, dtype);
    }
    found.set('dtype', (attribute) => int(attribute, 6, DATA_TYPES[dtype as keyof typeof DATA_TYPES]));
  }
  if (shape !== undefined) {
    found.set('_output_shapes', (attribute) => message(attribute, 1, (list) => writeShape(list, 7, shape)));
  }
  return found;
}

function refuse(node: string, rule: string, got: unknown): HourglassError {
  return new HourglassError('usage', { subject: `graph node ${JSON.stringify(node)}`, rule, got });
}

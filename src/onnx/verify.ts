/**
 * Whether a file is a model that hourglass wrote, told before ONNX Runtime sees a byte of it. Its graph is built
 * again from its nodes with the constructors of src/graph, so that every operator, shape and type in it has passed
 * the rules that hold for a graph of our own. Time and memory are bounded by the file's size and by the limits.
 */
import { formatShape, shapesEqual, sizeOfOne } from '../graph/index.ts';
import { decodeModel, LIMITS, type ModelDescription, refusal } from './decode.ts';
import { buildNode, Names, Unlike } from './rebuild.ts';
import { IR_VERSIONS, OPSETS } from './versions.ts';

/** Elements of one intermediate tensor for one row of a batch, and of all of them together. */
const MOST_ELEMENTS = 2 ** 27;
const MOST_ELEMENTS_IN_ALL = 2 ** 29;

/**
 * Reads a model and checks all of it: versions, names, types and shapes, operators and their settings, that every
 * operand is computed before it is used, that nothing is unused, that weights are finite.
 * @throws HourglassError of kind 'data' naming `fileName` and the rule that is broken.
 */
export function verifyModel(file: Uint8Array, fileName: string): ModelDescription {
  const model = decodeModel(file, fileName);
  try {
    checkVersions(model);
    checkGraph(model);
  } catch (cause) {
    if (!(cause instanceof Unlike)) throw cause;
    throw refusal(fileName, `is not a model that hourglass wrote: ${cause.message}`, cause);
  }
  return model;
}

function checkVersions({ irVersion, opsets, producer }: ModelDescription): void {
  const [domain, ...others] = Object.keys(opsets);
  const opset = opsets['']!;
  if (domain !== '' || others.length > 0)
    throw new Unlike("its operators must be of ONNX's own domain alone");
  if (IR_VERSIONS[opset] === undefined) {
    throw new Unlike(`its operator set must be one of ${OPSETS.join(', ')}, got ${opset}`);
  }
  if (irVersion > Math.max(...Object.values(IR_VERSIONS))) {
    throw new Unlike(`its IR version ${irVersion} is newer than hourglass writes`);
  }
  if (producer !== 'hourglass') throw new Unlike(`its producer is '${producer}'`);
}

function checkGraph(model: ModelDescription): void {
  const names = new Names();
  for (const { name, shape, dtype } of model.inputs) {
    for (const dim of shape) {
      if (typeof dim === 'string' && !SYMBOL.test(dim)) throw new Unlike(`a dimension '${dim}'`);
    }
    names.defineInput(checkName(name), shape, dtype);
  }
  for (const [name, { shape, values }] of model.weights) names.defineFloats(checkName(name), shape, values);
  for (const [name, { shape, values }] of model.integers)
    names.defineIntegers(checkName(name), shape, values);
  const nodeNames = new Set<string>();
  let elements = 0;
  for (const node of model.nodes) {
    checkName(node.name);
    if (nodeNames.has(node.name)) throw new Unlike(`two nodes have the name '${node.name}'`);
    nodeNames.add(node.name);
    for (const name of node.outputs) checkName(name);
    const result = buildNode(node, names);
    if (result === null) continue;
    const size = sizeOfOne(result.shape);
    elements += size;
    if (size > MOST_ELEMENTS || elements > MOST_ELEMENTS_IN_ALL) {
      throw new Unlike(`node '${node.name}' makes a tensor too large: ${formatShape(result.shape)}`);
    }
  }
  if (model.outputs.length === 0) throw new Unlike('it has no outputs');
  const outputs = new Set<string>();
  for (const { name, shape, dtype } of model.outputs) {
    if (outputs.has(name)) throw new Unlike(`two outputs have the name '${name}'`);
    outputs.add(name);
    const made = names.output(name);
    if (!shapesEqual(made.shape, shape) || made.dtype !== dtype) {
      throw new Unlike(
        `output '${name}' says ${dtype}${formatShape(shape)} and is ${made.dtype}${formatShape(made.shape)}`,
      );
    }
  }
  const [unused] = names.unused();
  if (unused !== undefined) throw new Unlike(`'${unused}' is used by nothing`);
}

const SYMBOL = /^\w{1,64}$/;

/** Control and format characters, and lone halves of surrogates: nothing a name of ours has. */
const ODD = /[\p{Cc}\p{Cf}\p{Cs}]/u;

function checkName(name: string): string {
  if (name === '') throw new Unlike('something has no name');
  if (name.length > LIMITS.name || ODD.test(name)) throw new Unlike(`a name is '${name}'`);
  return name;
}

/**
 * What is written in other operators where a graph is to be run here and now, and no one else reads it: the same
 * numbers to within rounding, in a fraction of the time.
 */
import type { Sym } from '../graph/index.ts';

/** What may be counted on where a model is run. */
export interface ToRun {
  /** Channels in a block of ONNX Runtime's blocked convolutions; null if it has none. */
  channelBlock: number | null;
}

/** What writes nodes, with attributes by name. */
export interface NodeWriter {
  /** This name, or one like it that is not taken. */
  unique(name: string): string;
  /** The name of an int64 initialiser with these values. */
  int64(values: readonly number[]): string;
  emit(
    op: string,
    name: string,
    inputs: readonly string[],
    output: string,
    attributes?: Readonly<Record<string, unknown>>,
    domain?: string,
  ): void;
}

/** The domain of ONNX Runtime's blocked operators: internal to it, and never in a model that is shipped. */
export const BLOCKED = 'com.microsoft.nchwc';

/** Whether all channels of a convolution fill blocks. */
export function isBlockable({ op, inputs: [, weight] }: Sym, block: number): boolean {
  const [to, from] = weight?.shape ?? [];
  return op === 'Conv' && Number(to) % block === 0 && Number(from) % block === 0;
}

/** Maps and weights brought to blocks of channels, convolved there, and the result brought back. */
export function writeBlockedConvolution(
  writer: NodeWriter,
  { shape, attributes, inputs: [, weight] }: Sym,
  name: string,
  [maps, weights, ...bias]: readonly string[],
  output: string,
  block: number,
): void {
  const part = (op: string, inputs: string[], settings: Record<string, unknown>, domain = '') => {
    const result = writer.unique(`${name}/${op}`);
    writer.emit(op, result, inputs, `${result}:0`, settings, domain);
    return `${result}:0`;
  };
  const [to, from, ...kernel] = weight!.shape as [number, number, number, number];
  const split = writer.int64([to / block, block, from / block, block, ...kernel]);
  const blocks = part('Transpose', [part('Reshape', [weights!, split], {})], { perm: [0, 2, 4, 5, 3, 1] });
  const operands = [
    part('ReorderInput', [maps!], { channels_last: 0 }, BLOCKED),
    part('Reshape', [blocks, writer.int64([to, from, ...kernel])], {}),
    ...bias,
  ];
  const result = part('Conv', operands, { ...attributes, kernel_shape: kernel }, BLOCKED);
  writer.emit('ReorderOutput', name, [result], output, { channels: shape[1], channels_last: 0 }, BLOCKED);
}

/**
 * Whether the rows of a matrix of any number of rows are added up: the gradient of a bias. As a product with a row
 * of ones it takes a tenth of ONNX Runtime's ReduceSum.
 */
export function isSumOfRows({ op, inputs: [x], attributes: { axes, keepdims } }: Sym): boolean {
  return (
    op === 'ReduceSum' &&
    keepdims === 0 &&
    String(axes) === '0' &&
    x!.dtype === 'float32' &&
    x!.shape.length === 2 &&
    typeof x!.shape[0] === 'string'
  );
}

/** As many ones as the named matrix of `rows` rows has; gives their name. */
export function writeOnes(writer: NodeWriter, rows: string, tensor: string): string {
  const [shape, ones] = [writer.unique(`ones/${rows}/shape`), writer.unique(`ones/${rows}`)];
  writer.emit('Shape', writer.unique('ones/Shape'), [tensor], shape, { start: 0, end: 1 });
  const value = Float32Array.of(1);
  writer.emit('ConstantOfShape', writer.unique('ones/ConstantOfShape'), [shape], ones, { value });
  return ones;
}

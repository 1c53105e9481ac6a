/** The versions of ONNX's operator set a model may be written for. */
import { HourglassError } from '../errors.ts';
import { OPSET } from '../graph/index.ts';

/**
 * For each operator set the version of the file format that came with it
 * (https://github.com/onnx/onnx/blob/main/docs/Versioning.md). All operators hourglass uses, with the settings it
 * gives them, mean the same in each of these.
 */
export const IR_VERSIONS: Readonly<Record<number, number>> = {
  13: 7,
  14: 7,
  15: 8,
  16: 8,
  17: 8,
  18: 8,
  19: 9,
  20: 9,
  21: 10,
  22: 10,
};

export const OPSETS = Object.keys(IR_VERSIONS).map(Number);

/** @throws HourglassError of kind 'usage' if the operator set does not exist, or hourglass cannot write it. */
export function irVersion(opset: number = OPSET): number {
  const version = IR_VERSIONS[opset];
  if (version !== undefined) return version;
  throw new HourglassError('usage', {
    subject: 'opset',
    rule: `must be ${OPSETS[0]} to ${OPSETS.at(-1)}`,
    got: opset,
    hint: `leave it out for ${OPSET}`,
  });
}

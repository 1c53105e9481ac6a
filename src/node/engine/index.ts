/**
 * The engine on Node: ONNX Runtime's native library on memory that the kernels share. The only importer of ONNX Runtime.
 */
import { createHash } from 'node:crypto';
import { Arena, type Engine } from '../../engine/index.ts';
import { chooseDevice } from './devices.ts';
import { startHelpers } from './helpers.ts';
import { kernelsOn } from './kernels.ts';
import { compile } from './program.ts';
import { openSession } from './session.ts';
import { onnxRuntimeVersion } from './vendored.ts';

export const nodeEngine: Engine = {
  memory: () => new Arena(kernelsOn),
  compile,
  open: openSession,
  helpers: startHelpers,
  device: (asked) => chooseDevice(asked),
  describe: () => ({ name: 'onnxruntime-node', version: onnxRuntimeVersion() }),
  sha256: () => createHash('sha256'),
};

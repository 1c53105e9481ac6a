/** A model loaded by ONNX Runtime, and its runs on tensors at given addresses. */
import { announceSession, forgetSession, useGpu } from './gpu.ts';
import {
  type Address,
  BASIC_OPTIMISATIONS,
  FLOAT32,
  LOG_ERRORS,
  ON_PROCESSOR,
  SEQUENTIAL,
  UINT8,
} from './internals.ts';
import { lastError, type Ort } from './start.ts';

/**
 * @param onGpu whether it runs on the GPU what that can.
 * @throws Error in ONNX Runtime's words.
 */
export async function createSession(ort: Ort, model: Uint8Array, onGpu = false): Promise<Address> {
  const { module, heap } = ort;
  const options = module._OrtCreateSessionOptions(
    BASIC_OPTIMISATIONS,
    true,
    true,
    SEQUENTIAL,
    false,
    0,
    0,
    LOG_ERRORS,
    0,
    0,
  );
  if (options === 0) throw new Error(lastError(ort));
  const at = heap.allocate(model.length);
  try {
    heap.bytes(at, model.length).set(model);
    return await ort.inTurn(async () => {
      if (onGpu) await useGpu(ort, options);
      const session = await module._OrtCreateSession(at, model.length, options);
      if (onGpu) announceSession(ort, session);
      if (session === 0) throw new Error(lastError(ort));
      return session;
    });
  } finally {
    heap.free(at);
    module._OrtReleaseSessionOptions(options);
  }
}

export function releaseSession(ort: Ort, session: Address): void {
  ort.module._OrtReleaseSession(session);
  forgetSession(ort, session);
}

export function namesOf(ort: Ort, session: Address): { inputs: string[]; outputs: string[] } {
  const { module, heap } = ort;
  return heap.with(8, (at) => {
    check(ort, module._OrtGetInputOutputCount(session, at, at + 4));
    const [inputs, outputs] = [...heap.words(at, 2)] as [number, number];
    const names = Array.from({ length: inputs + outputs }, (_, i) => {
      check(ort, module._OrtGetInputOutputMetadata(session, i, at, at + 4));
      const [name, metadata] = [...heap.words(at, 2)] as [Address, Address];
      const text = heap.text(name);
      module._OrtFree(name);
      module._OrtFree(metadata);
      return text;
    });
    return { inputs: names.slice(0, inputs), outputs: names.slice(inputs) };
  });
}

/** Values at an address of the heap, in the order of rows. */
export interface Place {
  readonly type: 'float32' | 'uint8';
  readonly at: Address;
  readonly shape: readonly number[];
}

const BYTES = { float32: 4, uint8: 1 };

/** A tensor of what is at a place; nothing is copied. */
function tensorOf(ort: Ort, { type, at, shape }: Place): Address {
  const { module, heap } = ort;
  const bytes = shape.reduce((a, b) => a * b, BYTES[type]);
  return heap.with(4 * shape.length, (dims) => {
    heap.words(dims, shape.length).set(shape);
    const code = type === 'float32' ? FLOAT32 : UINT8;
    const tensor = module._OrtCreateTensor(code, at, bytes, dims, shape.length, ON_PROCESSOR);
    if (tensor === 0) throw new Error(lastError(ort));
    return tensor;
  });
}

/** A tensor that a run made. */
export interface Result {
  readonly values: Float32Array;
  readonly shape: readonly number[];
}

/** A run of a session, prepared once. */
export interface Call {
  /**
   * Runs it. Outputs with a place are there afterwards. The others are copied out, in their order.
   * @throws Error in ONNX Runtime's words.
   */
  run(): Promise<Result[]>;
  /** Frees its tensors, not what they are of. */
  release(): void;
}

/** Prepares a run. An output without a place is allocated by the run. */
export function prepareCall(
  ort: Ort,
  session: Address,
  inputs: Readonly<Record<string, Place>>,
  outputs: Readonly<Record<string, Place | null>>,
): Call {
  const { module, heap } = ort;
  const tensors: Address[] = [];
  const made = (place: Place): Address => {
    const tensor = tensorOf(ort, place);
    tensors.push(tensor);
    return tensor;
  };
  const release = () => {
    for (const tensor of tensors.splice(0)) module._OrtReleaseTensor(tensor);
  };
  const [inputNames, outputNames] = [Object.keys(inputs), Object.keys(outputs)];
  const [n, m] = [inputNames.length, outputNames.length];
  let given: number[];
  let wanted: number[];
  try {
    given = Object.values(inputs).map(made);
    wanted = Object.values(outputs).map((place) => (place === null ? 0 : made(place)));
  } catch (error) {
    release();
    throw error;
  }
  const table = heap.allocate(8 * (n + m));
  const [valuesAt, outNamesAt, outValuesAt] = [table + 4 * n, table + 8 * n, table + 8 * n + 4 * m];
  heap.words(table, n).set(inputNames.map((name) => heap.name(name)));
  heap.words(valuesAt, n).set(given);
  heap.words(outNamesAt, m).set(outputNames.map((name) => heap.name(name)));
  const results = heap.words(outValuesAt, m);

  return {
    async run() {
      results.set(wanted);
      // Only the build for GPUs returns a promise.
      const call = () => module._OrtRun(session, table, valuesAt, n, outNamesAt, m, outValuesAt, 0);
      check(ort, await ort.inTurn(call));
      return [...results].flatMap((tensor, i) => (wanted[i] === 0 ? [takeOut(ort, tensor)] : []));
    },
    release() {
      release();
      heap.free(table);
    },
  };
}

/** Copies a tensor that a run made out of the heap, and frees it. */
function takeOut(ort: Ort, tensor: Address): Result {
  const { module, heap } = ort;
  try {
    return heap.with(16, (at) => {
      check(ort, module._OrtGetTensorData(tensor, at, at + 4, at + 8, at + 12));
      const [type, data, dims, rank] = [...heap.words(at, 4)] as [number, Address, Address, number];
      const shape = [...heap.words(dims, rank)];
      module._OrtFree(dims);
      if (type !== FLOAT32) throw new Error(`onnxruntime-web: an output of type ${type} is not supported`);
      const length = shape.reduce((a, b) => a * b, 1);
      return { values: new Float32Array(heap.floats(data, length)), shape };
    });
  } finally {
    module._OrtReleaseTensor(tensor);
  }
}

function check(ort: Ort, code: number): void {
  if (code !== 0) throw new Error(lastError(ort));
}

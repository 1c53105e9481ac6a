/**
 * What hourglass relies on inside onnxruntime-web. Its public API copies every tensor and ignores outputs that it is
 * given, so the module that Emscripten made is used directly. Nothing else in hourglass may name a function of it. A new
 * version of onnxruntime-web is checked here: `requireInternals` at each start, and internals.test.ts.
 */
import { HourglassError } from '../../errors.ts';

/** The version that these functions were read from, in `lib/wasm/wasm-types.ts` of the package. */
export const ORT_VERSION = '1.30.0';

/** An address in the module's memory, in bytes; 0 is none. */
export type Address = number;

/** The module's functions. Those that return a code return 0 for success. Those that make something return 0 for failure. */
export interface OrtModule {
  _malloc(bytes: number): Address;
  _free(at: Address): void;
  UTF8ToString(at: Address): string;
  /** Once, before all others. */
  _OrtInit(threads: number, logLevel: number): number | Promise<number>;
  /** Writes the last error's code and the address of its message. */
  _OrtGetLastError(code: Address, message: Address): number;
  _OrtCreateSessionOptions(
    optimisation: number,
    cpuArena: boolean,
    memoryPattern: boolean,
    executionMode: number,
    profiling: boolean,
    profilePrefix: Address,
    logId: Address,
    logLevel: number,
    verbosity: number,
    optimisedModel: Address,
  ): Address;
  _OrtReleaseSessionOptions(options: Address): number;
  _OrtCreateSession(model: Address, bytes: number, options: Address): Address | Promise<Address>;
  _OrtReleaseSession(session: Address): number;
  _OrtGetInputOutputCount(session: Address, inputs: Address, outputs: Address): number;
  /** `index` counts the inputs and then the outputs. Writes the addresses of two things to be given to `_OrtFree`. */
  _OrtGetInputOutputMetadata(session: Address, index: number, name: Address, metadata: Address): number;
  _OrtFree(at: Address): number;
  /** A tensor of what is at `data`, which it does not copy. */
  _OrtCreateTensor(
    type: number,
    data: Address,
    bytes: number,
    dims: Address,
    rank: number,
    location: number,
  ): Address;
  /** Writes four words: type, address of the data, address of the dimensions (to be given to `_OrtFree`), rank. */
  _OrtGetTensorData(tensor: Address, type: Address, data: Address, dims: Address, rank: Address): number;
  _OrtReleaseTensor(tensor: Address): number;
  /** Outputs that are 0 are allocated. Others are written in place, or the run fails. */
  _OrtRun(
    session: Address,
    inputNames: Address,
    inputs: Address,
    inputCount: number,
    outputNames: Address,
    outputCount: number,
    outputs: Address,
    options: Address,
  ): number | Promise<number>;
}

/** What the build for GPUs has besides, from `lib/wasm/wasm-types.ts` and `session-options.ts`. */
export interface GpuModule extends OrtModule {
  /** Once, after `_OrtInit`. It adds the function below. */
  webgpuInit(setDevice: (device: unknown) => void): void;
  /**
   * Without a device: that of ONNX Runtime's own choice. Names it by the values of three options, or nothing. Refused until the
   * session that it was called for is announced.
   */
  webgpuRegisterDevice(device: undefined): readonly [number, number, number] | undefined;
  /** Announces a session on the device. */
  webgpuOnCreateSession(session: Address): void;
  webgpuOnReleaseSession(session: Address): void;
  _OrtAppendExecutionProvider(
    options: Address,
    name: Address,
    keys: Address,
    values: Address,
    count: number,
  ): number | Promise<number>;
}

export const isForGpu = (module: OrtModule): module is GpuModule =>
  typeof (module as Partial<GpuModule>).webgpuInit === 'function' &&
  typeof (module as Partial<GpuModule>)._OrtAppendExecutionProvider === 'function';

/** The numbers that onnxruntime-web has for what is used here, from `lib/wasm/wasm-common.ts`. */
export const FLOAT32 = 1;
export const UINT8 = 2;
export const ON_PROCESSOR = 1;
/** Constants folded, what is unused left out: more takes twice as long to load a model, and steps are no faster. */
export const BASIC_OPTIMISATIONS = 1;
export const SEQUENTIAL = 0;
/** Errors and worse. */
export const LOG_ERRORS = 3;

/** How the module is made: the default export of `ort-wasm-simd-threaded.mjs`. */
export type OrtFactory = (settings: {
  numThreads: number;
  /** Called with the imports, the memory among them. Calls `done` with what it made of them. */
  instantiateWasm(
    imports: Record<string, Record<string, unknown>>,
    done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): object;
}) => Promise<Partial<OrtModule>>;

const FUNCTIONS: Readonly<Record<keyof OrtModule, true>> = {
  _malloc: true,
  _free: true,
  UTF8ToString: true,
  _OrtInit: true,
  _OrtGetLastError: true,
  _OrtCreateSessionOptions: true,
  _OrtReleaseSessionOptions: true,
  _OrtCreateSession: true,
  _OrtReleaseSession: true,
  _OrtGetInputOutputCount: true,
  _OrtGetInputOutputMetadata: true,
  _OrtFree: true,
  _OrtCreateTensor: true,
  _OrtGetTensorData: true,
  _OrtReleaseTensor: true,
  _OrtRun: true,
};

/** @throws HourglassError of kind 'environment' if a function or the memory is absent. */
export function requireInternals(
  module: Partial<OrtModule>,
  memory: WebAssembly.Memory | undefined,
): { module: OrtModule; memory: WebAssembly.Memory } {
  const absent = Object.keys(FUNCTIONS).filter(
    (name) => typeof module[name as keyof OrtModule] !== 'function',
  );
  if (memory === undefined) absent.push('a memory among the imports');
  if (absent.length > 0) {
    throw new HourglassError('environment', {
      subject: 'onnxruntime-web',
      rule: `lacks what hourglass uses of it (${absent.join(', ')})`,
      hint: `serve the files of version ${ORT_VERSION}, which come with hourglass, or use another onnxruntime-web by its public API: useOnnxRuntime(address)`,
    });
  }
  return { module: module as OrtModule, memory: memory! };
}

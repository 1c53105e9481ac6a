/**
 * The engine of pages on the public API of onnxruntime-web, any version of it that a page serves. That API copies all tensors into
 * its heap and all results out of it, and silently ignores outputs that it is given: so none are given, and results are copied to
 * their blocks. It is slower than `web/engine`, and relies on nothing internal. Only used where a page asks for it.
 */
import {
  Arena,
  type Binding,
  type BoundGraph,
  type ByteArray,
  type Engine,
  type FloatArray,
  type Program,
  type Session,
  shapesOf,
  symbolsOf,
} from '../../engine/index.ts';
import { HourglassError } from '../../errors.ts';
import { compileKernels, RESERVED_BYTES } from '../../kernels/index.ts';
import { encodeModel } from '../../onnx/index.ts';
import { sizeOf } from '../../size.ts';
import { chooseDevice } from '../engine/devices.ts';
import { COPYING, type CopyingFiles } from '../engine/files.ts';
import type { HelperStarter } from '../engine/helpers.ts';
import { requireShape } from '../engine/session.ts';
import { sha256On } from '../engine/sha256.ts';

/** What is used of onnxruntime-web's public API. */
interface OnnxRuntime {
  readonly InferenceSession: { create(model: Uint8Array): Promise<PublicSession> };
  readonly Tensor: new (type: string, data: Float32Array | Uint8Array, shape: readonly number[]) => Tensor;
  readonly env: { readonly wasm: { numThreads?: number }; readonly versions?: { readonly web?: string } };
}
interface Tensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}
interface PublicSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Readonly<Record<string, Tensor>>, wanted: readonly string[]): Promise<Record<string, Tensor>>;
  release(): Promise<void>;
}

/** @throws HourglassError of kind 'environment' if it cannot be loaded. */
export async function openCopyingEngine(
  files: CopyingFiles,
  threads: number,
  startHelper: HelperStarter | undefined,
): Promise<Engine> {
  const ort = await loaded(files.publicApi);
  ort.env.wasm.numThreads = threads;
  const kernelsOn = compileKernels(files.kernels);
  return {
    memory: () => new Arena(kernelsOn, { isShared: true }),
    compile: (graph) => compile(ort, graph),
    open: (model, { file = 'model' }) => openSession(ort, model, file),
    helpers(count, start, sizes) {
      if (count === 0) return Promise.resolve([]);
      if (startHelper === undefined)
        throw new Error('helpers: this engine was opened without threads for them');
      return Promise.all(Array.from({ length: count }, () => startHelper(files, start, sizes)));
    },
    device: async (asked) => chooseDevice(asked),
    describe: () => ({ name: COPYING, version: ort.env.versions?.web ?? '0.0' }),
    sha256: sha256On(...placeForHashes(kernelsOn)),
  };
}

async function loaded(address: string): Promise<OnnxRuntime> {
  let reason = 'it has no InferenceSession and Tensor';
  try {
    const module = await import(/* @vite-ignore */ /* webpackIgnore: true */ address);
    const ort = module.InferenceSession === undefined ? module.default : module;
    if (ort?.InferenceSession !== undefined && ort.Tensor !== undefined) return ort as OnnxRuntime;
  } catch (error) {
    reason = (error as Error).message;
  }
  throw new HourglassError('environment', {
    subject: address,
    rule: `must be the JavaScript of onnxruntime-web (${reason})`,
    hint: 'serve its ort.wasm.min.mjs with the .mjs and .wasm next to it',
  });
}

async function compile(ort: OnnxRuntime, { name, inputs, outputs, memory }: BoundGraph): Promise<Program> {
  const toRun = { channelBlock: null };
  const model = encodeModel({ name, inputs: symbolsOf(inputs), outputs: symbolsOf(outputs), toRun });
  const session = await ort.InferenceSession.create(model);
  const wanted = Object.keys(outputs);
  let disposed: Promise<void> | undefined;
  const views = (bindings: Readonly<Record<string, Binding>>, rows: number) =>
    shapesOf(name, bindings, rows).map(({ key, shape, size, block }) => ({
      key,
      shape,
      values: memory.floats(block, size),
    }));
  return {
    async run(rows) {
      if (disposed !== undefined) throw new Error(`${name}: it was disposed of`);
      const [given, places] = [views(inputs, rows), views(outputs, rows)];
      const feeds = given.map(({ key, values, shape }) => [key, new ort.Tensor('float32', values, shape)]);
      const results = await session.run(Object.fromEntries(feeds), wanted);
      for (const { key, values } of places) values.set(results[key]!.data);
    },
    dispose() {
      disposed ??= session.release();
      return disposed;
    },
  };
}

async function openSession(ort: OnnxRuntime, model: Uint8Array, file: string): Promise<Session> {
  let session: PublicSession;
  try {
    session = await ort.InferenceSession.create(model);
  } catch (cause) {
    const rule = `ONNX Runtime cannot load it (${(cause as Error).message.split('\n')[0]})`;
    throw new HourglassError('data', { subject: file, rule }, { cause });
  }
  const { inputNames, outputNames } = session;
  let disposed: Promise<void> | undefined;
  const tensorOf = ([name, { data, shape }]: [string, FloatArray | ByteArray]): [string, Tensor] => {
    if (data.length !== sizeOf(shape)) {
      throw new RangeError(
        `'${name}' has ${data.length} values, and its shape [${shape}] has ${sizeOf(shape)}`,
      );
    }
    return [name, new ort.Tensor(data instanceof Uint8Array ? 'uint8' : 'float32', data, shape)];
  };
  return {
    inputs: [...inputNames],
    outputs: [...outputNames],
    async run(feeds, into) {
      if (disposed !== undefined) throw new Error(`${file}: it was disposed of`);
      const wanted = into === undefined ? outputNames : Object.keys(into);
      const unknown = wanted.find((name) => !outputNames.includes(name));
      if (unknown !== undefined)
        throw new Error(`${file}: has no output '${unknown}', only ${outputNames.join(', ')}`);
      const found = await session.run(Object.fromEntries(Object.entries(feeds).map(tensorOf)), wanted);
      const results = Object.fromEntries(
        wanted.map((name) => [name, { data: found[name]!.data, shape: [...found[name]!.dims] }]),
      );
      if (into === undefined) return results;
      for (const [name, { shape }] of Object.entries(into)) requireShape(file, name, shape, results[name]!);
      for (const [name, { data }] of Object.entries(into)) data.set(results[name]!.data);
      return { ...into };
    },
    dispose() {
      disposed ??= session.release();
      return disposed;
    },
  };
}

/** Memory of its own, of which hashes take two places. */
function placeForHashes(kernelsOn: ReturnType<typeof compileKernels>): Parameters<typeof sha256On> {
  const memory = new WebAssembly.Memory({ initial: 4, maximum: 4, shared: true });
  let used = RESERVED_BYTES;
  const heap: Parameters<typeof sha256On>[0] = {
    allocate(bytes) {
      const at = used;
      used += 64 * Math.ceil(bytes / 64);
      return at;
    },
    words: (at, length) => new Uint32Array(memory.buffer, at, length),
    bytes: (at, length) => new Uint8Array(memory.buffer, at, length),
  };
  return [heap, kernelsOn(memory)];
}

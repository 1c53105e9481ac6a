/** Starts ONNX Runtime's WebAssembly module. One instance has one heap and one pool of threads. */
import { HourglassError } from '../../errors.ts';
import { Heap } from './heap.ts';
import {
  isForGpu,
  LOG_ERRORS,
  ORT_VERSION,
  type OrtFactory,
  type OrtModule,
  requireInternals,
} from './internals.ts';
import { type InTurn, inTurns } from './turns.ts';

/** Plain data: it crosses to other threads, which then need not compile again. */
export interface OrtFiles {
  /** The address of `ort-wasm-simd-threaded.mjs`. It must be a file of its own: its threads load it again. */
  readonly script: string;
  /** `ort-wasm-simd-threaded.wasm`, compiled. */
  readonly module: WebAssembly.Module;
}

export interface Ort {
  readonly module: OrtModule;
  readonly heap: Heap;
  /** Threads that share one operator's work, the caller's among them. */
  readonly threads: number;
  /** Makes a call that may be suspended: in the build for GPUs one at a time. */
  readonly inTurn: InTurn;
}

/** How long a start may take. Threads that a page may not have never report that they are ready. */
const PATIENCE_MS = 60_000;

/** @throws HourglassError of kind 'environment' if it does not start. */
export async function startOrt({ script, module: code }: OrtFiles, threads: number): Promise<Ort> {
  let memory: WebAssembly.Memory | undefined;
  const factory = await factoryOf(script);
  const made = new Promise<Partial<OrtModule>>((resolve, reject) => {
    factory({
      numThreads: threads,
      instantiateWasm(imports, done) {
        memory = Object.values(imports)
          .flatMap((part) => Object.values(part))
          .find((value) => value instanceof WebAssembly.Memory) as WebAssembly.Memory | undefined;
        WebAssembly.instantiate(code, imports).then((instance) => done(instance, code), reject);
        return {};
      },
    }).then(resolve, reject);
  });
  const { module, memory: found } = requireInternals(await inTime(made, threads), memory);
  const inTurn = isForGpu(module) ? inTurns() : async <T>(call: () => T | Promise<T>) => call();
  const ort = { module, heap: new Heap(module, found), threads, inTurn };
  if ((await module._OrtInit(threads, LOG_ERRORS)) !== 0) {
    throw new Error(`onnxruntime-web: ${lastError(ort)}`);
  }
  if (isForGpu(module)) module.webgpuInit(() => {});
  return ort;
}

/** @throws HourglassError of kind 'environment' if the script is missing or another file. */
async function factoryOf(script: string): Promise<OrtFactory> {
  let reason = 'it has no default export that is a function';
  try {
    const { default: factory } = await import(/* @vite-ignore */ /* webpackIgnore: true */ script);
    if (typeof factory === 'function') return factory as OrtFactory;
  } catch (error) {
    reason = (error as Error).message;
  }
  throw new HourglassError('environment', {
    subject: script,
    rule: `cannot be loaded (${reason})`,
    hint: 'serve all files of dist/browser together, and .mjs as text/javascript (docs/web.md)',
  });
}

/** What went wrong in the last call that failed. */
export function lastError({ module, heap }: Ort): string {
  return heap.with(8, (at) => {
    module._OrtGetLastError(at, at + 4);
    const [code, message] = heap.words(at, 2);
    return message === 0 ? `code ${code}` : heap.text(message!);
  });
}

async function inTime<T>(made: Promise<T>, threads: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new HourglassError('environment', {
            subject: 'onnxruntime-web',
            rule: `version ${ORT_VERSION} did not start within ${PATIENCE_MS / 1000} seconds on ${threads} threads`,
            hint: 'try one thread',
          }),
        ),
      PATIENCE_MS,
    );
  });
  try {
    return await Promise.race([made, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** ONNX Runtime's WebGPU, in the build that has it. Tensors stay in the heap: each run copies them to the GPU and back. */
import { type Address, isForGpu } from './internals.ts';
import { lastError, type Ort } from './start.ts';

/** Whether this build can compute on a GPU. */
export const hasGpu = ({ module }: Ort): boolean => isForGpu(module);

/** Has sessions with these options run on the GPU what it can. @throws Error in ONNX Runtime's words. */
export async function useGpu(ort: Ort, options: Address): Promise<void> {
  const { module, heap } = ort;
  if (!isForGpu(module)) throw new Error('onnxruntime-web: this build has no WebGPU');
  const device = module.webgpuRegisterDevice(undefined);
  const settings = device === undefined ? [] : ['deviceId', 'webgpuInstance', 'webgpuDevice'];
  const table = heap.allocate(8 * settings.length + 1);
  const valuesAt = table + 4 * settings.length;
  heap.words(table, settings.length).set(settings.map((name) => heap.name(name)));
  heap.words(valuesAt, settings.length).set(settings.map((_, i) => heap.name(String(device![i]))));
  try {
    const code = await module._OrtAppendExecutionProvider(
      options,
      heap.name('WebGPU'),
      table,
      valuesAt,
      settings.length,
    );
    if (code !== 0) throw new Error(lastError(ort));
  } finally {
    heap.free(table);
  }
}

/** Says that a session was created on the GPU, or, by 0, that it was not. */
export function announceSession({ module }: Ort, session: Address): void {
  if (isForGpu(module)) module.webgpuOnCreateSession(session);
}

/** Says that a session was released. Others than those on the GPU do not matter. */
export function forgetSession({ module }: Ort, session: Address): void {
  if (isForGpu(module)) module.webgpuOnReleaseSession(session);
}

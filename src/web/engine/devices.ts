/** Where graphs run in a page: the processor, or a GPU through WebGPU. */
import type { ChosenDevice, DeviceChoice } from '../../engine/index.ts';
import { HourglassError } from '../../errors.ts';

/** What is looked at: by default the global scope. */
export interface GpuScope {
  readonly WebAssembly: object;
  readonly navigator: {
    readonly gpu?: {
      requestAdapter(): Promise<{ readonly info?: { readonly isFallbackAdapter?: boolean } } | null>;
    };
  };
}

/**
 * Why WebGPU cannot be used here, or null.
 * @param options.software whether a GPU that the processor imitates will do.
 */
export async function whyNoGpu(
  { software }: { software: boolean },
  { WebAssembly, navigator }: GpuScope = globalThis as unknown as GpuScope,
): Promise<string | null> {
  if (navigator.gpu === undefined) return 'this browser has no WebGPU, or the page has no HTTPS';
  if (!('Suspending' in WebAssembly)) return 'this browser cannot suspend WebAssembly (JSPI)';
  const adapter = await navigator.gpu.requestAdapter();
  if (adapter === null) return 'the browser finds no GPU that it can use';
  if (adapter.info?.isFallbackAdapter && !software) return 'the only GPU is imitated by the processor';
  return null;
}

/** @throws HourglassError of kind 'usage'. */
export function refuseDevice(asked: DeviceChoice, reason: string): never {
  throw new HourglassError('usage', {
    subject: 'device',
    rule: `'${asked}' cannot be used here (${reason})`,
    hint: "try 'auto', which takes what is faster, or 'cpu'",
  });
}

export const ON_GPU: ChosenDevice = {
  device: 'webgpu',
  note: 'on webgpu: another run may differ in the last bits, unlike on the processor',
};

/**
 * The device of an engine that was started from the build for GPUs, or from another.
 * @throws HourglassError of kind 'usage' if the device that was asked for cannot be used.
 */
export async function chooseDevice(asked: DeviceChoice, hasGpu = false): Promise<ChosenDevice> {
  if (asked === 'cpu') return { device: 'cpu', note: null };
  if (asked === 'auto') return { device: 'cpu', note: 'a page computes on the processor' };
  if (asked !== 'webgpu') return refuseDevice(asked, 'a page has WebGPU only');
  const reason = hasGpu ? await whyNoGpu({ software: true }) : 'this engine was started without it';
  return reason === null ? ON_GPU : refuseDevice(asked, reason);
}

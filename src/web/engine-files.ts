/** The files of the engine, by their addresses next to this one, and how such files are loaded. */
import { HourglassError } from '../errors.ts';
import { fetchAddress } from './address.ts';
import type { EngineFiles } from './engine/index.ts';
import { hasRelaxedSimd } from './ort/index.ts';

/** Bundlers find a file by this way of writing its address, so each is written out. */
const SCRIPT = new URL('./ort-wasm-simd-threaded.mjs', import.meta.url);
const WASM = new URL('./ort-wasm-simd-threaded.wasm', import.meta.url);
const RELAXED_WASM = new URL('./ort-wasm-relaxed-simd-threaded.wasm', import.meta.url);
const KERNELS = new URL('./kernels-shared.wasm', import.meta.url);

export async function loadEngineFiles(): Promise<EngineFiles> {
  const wasm = hasRelaxedSimd() ? RELAXED_WASM : WASM;
  const [module, kernels] = await Promise.all([compiled(wasm), bytesOf(KERNELS)]);
  return { ort: { script: SCRIPT.href, module }, kernels };
}

/** @throws HourglassError of kind 'environment' if a file that comes along is not there. */
export async function fetched(url: URL): Promise<Response> {
  let reason: string;
  try {
    const response = await fetchAddress(url);
    if (response.ok) return response;
    reason = `status ${response.status}`;
  } catch (error) {
    reason = (error as Error).message;
  }
  throw new HourglassError('environment', {
    subject: url.href,
    rule: `cannot be loaded (${reason})`,
    hint: 'serve all files of dist/browser together (docs/web.md)',
  });
}

export async function bytesOf(url: URL): Promise<Uint8Array> {
  return new Uint8Array(await (await fetched(url)).arrayBuffer());
}

async function compiled(url: URL): Promise<WebAssembly.Module> {
  const response = await fetched(url);
  // Compiled while it arrives, where the server states its type.
  const type = response.headers.get('content-type') ?? '';
  if (type.startsWith('application/wasm')) return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}

/** The files of the engine, by their addresses next to this one, and how such files are loaded. */
import { HourglassError } from '../errors.ts';
import { fetchAddress } from './address.ts';
import type { EngineFiles, InPlaceFiles } from './engine/index.ts';

/** Bundlers find a file by this way of writing its address, so each is written out. */
const SCRIPT = new URL('./ort-wasm-simd-threaded.mjs', import.meta.url);
const WASM = new URL('./ort-wasm-simd-threaded.wasm', import.meta.url);
const KERNELS = new URL('./kernels-shared.wasm', import.meta.url);

/**
 * @param wasm the build of ONNX Runtime's module; by default the one that runs everywhere.
 * @throws HourglassError of kind 'environment' if a file is missing or another one, or the browser cannot run it.
 */
export async function loadEngineFiles({ script = SCRIPT, wasm = WASM } = {}): Promise<InPlaceFiles> {
  requireWebAssembly(globalThis.WebAssembly);
  const [module, kernels] = await Promise.all([compiled(wasm), wasmBytes(KERNELS)]);
  return { ort: { script: script.href, module }, kernels };
}

/** The kernels, next to an onnxruntime-web that is somewhere else. @throws as {@link loadEngineFiles}. */
export async function loadCopyingFiles(publicApi: string): Promise<EngineFiles> {
  requireWebAssembly(globalThis.WebAssembly);
  return { publicApi, kernels: await wasmBytes(KERNELS) };
}

/** The smallest module with an instruction of SIMD. */
const SIMD = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3],
  ...[2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11],
);

/** @throws HourglassError of kind 'environment' if there is none, or it has no SIMD. */
export function requireWebAssembly(given: { validate(bytes: Uint8Array): boolean } | undefined): void {
  if (given?.validate(SIMD)) return;
  throw new HourglassError('environment', {
    subject: 'WebAssembly',
    rule: given === undefined ? 'this browser has none' : 'this browser or processor has no SIMD in it',
    hint: 'use Chrome 91, Firefox 89, Safari 16.4 or a newer one; Safari in Lockdown Mode has no WebAssembly',
  });
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

/** Bytes that are WebAssembly, rather than the page that a server sends for what it does not have. */
async function wasmBytes(url: URL): Promise<Uint8Array> {
  const bytes = await bytesOf(url);
  const magic = [...bytes.subarray(0, 4)];
  if (magic.join() !== '0,97,115,109')
    throw anotherFile(url, `it begins with ${magic.join(' ') || 'nothing'}`);
  return bytes;
}

async function compiled(url: URL): Promise<WebAssembly.Module> {
  const response = await fetched(url);
  try {
    // Compiled while it arrives, where the server states its type.
    const type = response.headers.get('content-type') ?? '';
    if (type.startsWith('application/wasm')) return await WebAssembly.compileStreaming(response);
    return await WebAssembly.compile(await response.arrayBuffer());
  } catch (cause) {
    const { message } = cause as Error;
    if (!/unsafe-eval|Content.Security|\bCSP\b/i.test(message)) throw anotherFile(url, message);
    throw new HourglassError(
      'environment',
      {
        subject: 'WebAssembly',
        rule: "the page's Content Security Policy does not allow it",
        hint: "add 'wasm-unsafe-eval' to its script-src, for the page and for the workers",
      },
      { cause },
    );
  }
}

/** The error of a file that is there and is not what comes along. */
export const anotherFile = (url: URL, reason: string) =>
  new HourglassError('environment', {
    subject: url.href,
    rule: `is not the file that comes along, or is cut off (${reason})`,
    hint: 'serve all files of dist/browser together (docs/web.md)',
  });

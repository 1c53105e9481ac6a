/** The files that come along, by their addresses next to this one, and how they are loaded. */
import { HourglassError } from '../errors.ts';
import { nearest } from '../suggest.ts';
import type { EngineFiles } from './engine/index.ts';
import { unpacked } from './unpacked.ts';

/** The version in package.json; scripts/browser.js writes it there. */
export const VERSION = 'VERSION';

/** Bundlers find a file by this way of writing its address, so each is written out. */
const SCRIPT = new URL('./ort-wasm-simd-threaded.mjs', import.meta.url);
const WASM = new URL('./ort-wasm-simd-threaded.wasm', import.meta.url);
const KERNELS = new URL('./kernels-shared.wasm', import.meta.url);
const RECIPES = new URL('./recipes.json', import.meta.url);
const DIGITS = new URL('./mnist-10k-images-idx3-ubyte.gz', import.meta.url);

export async function loadEngineFiles(): Promise<EngineFiles> {
  const [module, kernels] = await Promise.all([compiled(WASM), bytesOf(KERNELS)]);
  return { ort: { script: SCRIPT.href, module }, kernels };
}

/** 10,000 digits of MNIST as the bytes of an IDX file: the data set `mnist-10k`. */
export const loadDigits = async (): Promise<Uint8Array> => unpacked(await bytesOf(DIGITS));

/**
 * A recipe that comes along.
 * @throws HourglassError of kind 'usage' if there is none of this name.
 */
export async function loadRecipe(name: string): Promise<object> {
  const recipes = (await (await fetched(RECIPES)).json()) as Record<string, object>;
  const recipe = Object.hasOwn(recipes, name) ? recipes[name] : undefined;
  if (recipe !== undefined) return recipe;
  const names = Object.keys(recipes);
  const meant = nearest(name, names);
  throw new HourglassError('usage', {
    subject: 'recipe',
    rule: `must be one of ${names.join(', ')}, or an object`,
    got: name,
    ...(meant === undefined ? {} : { hint: `did you mean ${meant}?` }),
  });
}

async function fetched(url: URL): Promise<Response> {
  let reason: string;
  try {
    const response = await fetch(url);
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

async function bytesOf(url: URL): Promise<Uint8Array> {
  return new Uint8Array(await (await fetched(url)).arrayBuffer());
}

async function compiled(url: URL): Promise<WebAssembly.Module> {
  const response = await fetched(url);
  // Compiled while it arrives, where the server states its type.
  const type = response.headers.get('content-type') ?? '';
  if (type.startsWith('application/wasm')) return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}

/**
 * ONNX Runtime, from vendor/onnxruntime-node: the part of the npm package that hourglass ships, without its install
 * script. See docs/decisions/0020-onnx-runtime-is-vendored.md. Nothing outside this folder may ask for it.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type * as Ort from 'onnxruntime-common';
import { cannotLoad, packageFile } from '../../installation.ts';

/** The package's entry, seen from src/node/engine and from dist/node/engine alike. */
export const VENDORED = new URL('../../../vendor/onnxruntime-node/', import.meta.url);

// ONNX Runtime 1.30 gives the machine an id, keeps a database in the user's cache and sends what it gathered to
// its makers, unless this variable is set. It is set on import, because a worker's environment is a copy that native
// code does not see: the thread that starts a worker has imported this before. See docs/decisions/0016-no-telemetry.md.
process.env.ORT_DISABLE_TELEMETRY ??= '1';

// CommonJS, with a library of 20 MB or more: loaded on first use, not on import.
let loaded: typeof Ort | undefined;

/** @throws HourglassError of kind 'environment' if the library cannot be loaded. */
export function onnxRuntime(): typeof Ort {
  const folder = packageFile(VENDORED);
  try {
    loaded ??= createRequire(import.meta.url)(folder) as typeof Ort;
  } catch (cause) {
    throw cannotLoad('ONNX Runtime', cause);
  }
  return loaded;
}

export function onnxRuntimeVersion(): string {
  const file = packageFile(new URL('package.json', VENDORED));
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

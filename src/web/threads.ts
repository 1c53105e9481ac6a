/** How many threads ONNX Runtime may have in this page or worker. */

/** What is looked at: by default the global scope. */
export interface Scope {
  readonly crossOriginIsolated?: boolean;
  readonly SharedArrayBuffer?: unknown;
  readonly navigator?: { readonly hardwareConcurrency?: number };
}

/** More do not pay off on networks of this size. */
const MOST = 8;

/**
 * One, unless memory can be shared between threads. A scope that is not cross-origin isolated must not try: its threads never
 * report that they are ready. WebKitGTK says that it is isolated and has no SharedArrayBuffer.
 */
export function runtimeThreads(scope: Scope = globalThis as Scope): number {
  if (scope.crossOriginIsolated === false || typeof scope.SharedArrayBuffer !== 'function') return 1;
  return processors(scope);
}

/** Threads for helpers and the trainer together. Helpers share no memory, so they need no isolation. */
export function processors({ navigator }: Scope = globalThis as Scope): number {
  return Math.max(1, Math.min(MOST, navigator?.hardwareConcurrency ?? 1));
}

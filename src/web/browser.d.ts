/**
 * The part of a browser's API that is used here, in the words of TypeScript's DOM library: that library would also declare
 * a window, which no other file should see. Declarations merge where both are present.
 */
declare namespace WebAssembly {
  function instantiate(module: Module, imports?: Record<string, Record<string, unknown>>): Promise<Instance>;
  function compileStreaming(source: Response | Promise<Response>): Promise<Module>;
  function compile(bytes: ArrayBuffer): Promise<Module>;
  function validate(bytes: Uint8Array): boolean;
}

interface WorkerScope {
  onmessage: ((event: { data: unknown }) => void) | null;
  postMessage(message: unknown, moved?: readonly ArrayBuffer[]): void;
}
declare const self: WorkerScope;

declare class Worker implements WorkerScope {
  constructor(address: URL, options: { type: 'module' });
  onmessage: ((event: { data: unknown }) => void) | null;
  onerror: ((event: { message?: string }) => void) | null;
  postMessage(message: unknown, moved?: readonly ArrayBuffer[]): void;
  terminate(): void;
}

declare class OffscreenCanvas {
  constructor(width: number, height: number);
  readonly width: number;
  readonly height: number;
  getContext(
    kind: '2d',
    options?: { willReadFrequently: boolean },
  ): {
    imageSmoothingQuality: 'low' | 'medium' | 'high';
    fillStyle: string;
    fillRect(x: number, y: number, width: number, height: number): void;
    drawImage(
      picture: { width: number; height: number },
      x: number,
      y: number,
      width: number,
      height: number,
    ): void;
    putImageData(
      pixels: { width: number; height: number; data: Uint8ClampedArray },
      x: number,
      y: number,
    ): void;
    getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray };
  };
}

/** Rejects what the browser cannot decode. */
declare function createImageBitmap(
  file: Blob,
  options: { premultiplyAlpha: 'none' },
): Promise<{ readonly width: number; readonly height: number; close(): void }>;

declare const location: { readonly href: string };

/** A file of the origin's private file system. */
interface FileSystemFileHandle {
  readonly kind: 'file';
  readonly name: string;
  getFile(): Promise<File>;
  createSyncAccessHandle(): Promise<FileSystemSyncAccessHandle>;
  /** Renames it, and replaces a file that has the name. Absent in old browsers. */
  move?(name: string): Promise<void>;
}

interface FileSystemSyncAccessHandle {
  write(bytes: Uint8Array, options: { at: number }): number;
  truncate(bytes: number): void;
  flush(): void;
  close(): void;
}

interface FileSystemDirectoryHandle {
  readonly kind: 'directory';
  readonly name: string;
  getDirectoryHandle(name: string, options?: { create?: boolean }): Promise<FileSystemDirectoryHandle>;
  getFileHandle(name: string, options?: { create?: boolean }): Promise<FileSystemFileHandle>;
  removeEntry(name: string, options?: { recursive?: boolean }): Promise<void>;
  values(): AsyncIterable<FileSystemFileHandle | FileSystemDirectoryHandle>;
}

interface PageLocks {
  /** Waits for the lock, and holds it until `use` has ended. */
  request(name: string, options: { signal?: AbortSignal }, use: () => Promise<unknown>): Promise<unknown>;
  query(): Promise<{ held?: readonly { name?: string }[] }>;
}

/** What pages without HTTPS, and old browsers, lack is optional. */
declare const navigator: {
  readonly storage?: { getDirectory?(): Promise<FileSystemDirectoryHandle> };
  readonly locks?: PageLocks;
};

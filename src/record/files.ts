/** Bytes of a file of tensors: an ONNX file cannot be larger, and no platform reads more at once. */
export const LARGEST_TENSOR_FILE = 2 ** 31 - 1;

/**
 * Where the files of one run are kept: a folder on disk, the storage of a browser, memory. A file is complete or absent:
 * `write` replaces it as a whole or leaves what was there.
 */
export interface RunFiles {
  /** The run's place as a person sees it, such as the path of its folder. */
  readonly place: string;
  /** A file's place, as errors name it. Names have `/` between folders. */
  placeOf(name: string): string;
  /**
   * The bytes of a file; null where there is none.
   * @param most the largest size that is read, in bytes.
   * @throws HourglassError of kind `run` if it is larger or cannot be read.
   */
  read(name: string, most: number): Promise<Uint8Array | null>;
  /** @throws HourglassError of kind `run` if it cannot be written, such as where storage is full. */
  write(name: string, content: string | Uint8Array): Promise<void>;
  /** The names of the files in a folder, without the folder's; empty where there is none. */
  list(folder: string): Promise<readonly string[]>;
  /** Removes a file, if it is there. */
  remove(name: string): Promise<void>;
}

/** The right to write a run: nobody else has it at the same time. */
export interface Hold {
  /** @throws HourglassError of kind `run` if it was lost. To be called before each write. */
  requireHeld(): Promise<void>;
  /** Gives it back; never fails. */
  release(): Promise<void>;
}

/** The right to write what nobody else can reach. */
export const HELD: Hold = { requireHeld: async () => {}, release: async () => {} };

/** Files in memory, as a Map: for a page that keeps nothing, and for tests. */
export function memoryFiles(place: string, files: Map<string, Uint8Array> = new Map()): RunFiles {
  return {
    place,
    placeOf: (name) => `${place}/${name}`,
    read: async (name) => files.get(name)?.slice() ?? null,
    async write(name, content) {
      files.set(name, typeof content === 'string' ? new TextEncoder().encode(content) : content.slice());
    },
    async list(folder) {
      const prefix = `${folder}/`;
      return [...files.keys()]
        .filter((name) => name.startsWith(prefix) && !name.slice(prefix.length).includes('/'))
        .map((name) => name.slice(prefix.length));
    },
    async remove(name) {
      files.delete(name);
    },
  };
}

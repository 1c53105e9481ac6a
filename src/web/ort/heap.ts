/** The memory of ONNX Runtime's module: places in it, numbers and strings. It may grow; views of it stay valid. */
import { HourglassError } from '../../errors.ts';
import type { Address, OrtModule } from './internals.ts';

const ALIGNMENT = 64;

export class Heap {
  readonly memory: WebAssembly.Memory;
  private readonly module: OrtModule;
  /** What `_malloc` returned, by the aligned addresses that were made of it. */
  private readonly origins = new Map<Address, Address>();
  private readonly names = new Map<string, Address>();

  constructor(module: OrtModule, memory: WebAssembly.Memory) {
    this.module = module;
    this.memory = memory;
  }

  /**
   * Bytes at a multiple of 64; what is in them is not known.
   * @throws HourglassError of kind 'environment' if there are not so many.
   */
  allocate(bytes: number): Address {
    const origin = bytes < 2 ** 32 - ALIGNMENT ? this.module._malloc(bytes + ALIGNMENT) : 0;
    if (origin === 0) {
      throw new HourglassError('environment', {
        subject: 'memory',
        rule: `${(bytes / 2 ** 20).toFixed(1)} MiB more cannot be had (a page's models, batches and results share 4 GiB)`,
        hint: 'give the layers fewer units, or use smaller batches',
      });
    }
    const at = Math.ceil((origin + 1) / ALIGNMENT) * ALIGNMENT;
    this.origins.set(at, origin);
    return at;
  }

  free(at: Address): void {
    const origin = this.origins.get(at);
    if (origin === undefined) throw new RangeError(`heap: nothing was allocated at ${at}`);
    this.origins.delete(at);
    this.module._free(origin);
  }

  /** Runs `use` with bytes that are freed afterwards. */
  with<T>(bytes: number, use: (at: Address) => T): T {
    const at = this.allocate(bytes);
    try {
      return use(at);
    } finally {
      this.free(at);
    }
  }

  floats(at: Address, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, at, length);
  }

  bytes(at: Address, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, at, length);
  }

  /** 32-bit words: addresses, counts, dimensions. */
  words(at: Address, length: number): Uint32Array {
    return new Uint32Array(this.memory.buffer, at, length);
  }

  /** The address of a name as a C string. It stays: the same names come again and again. */
  name(text: string): Address {
    let at = this.names.get(text);
    if (at === undefined) {
      const encoded = new TextEncoder().encode(text);
      at = this.allocate(encoded.length + 1);
      const place = this.bytes(at, encoded.length + 1);
      place.set(encoded);
      place[encoded.length] = 0;
      this.names.set(text, at);
    }
    return at;
  }

  text(at: Address): string {
    return this.module.UTF8ToString(at);
  }
}

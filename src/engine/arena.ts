/**
 * One flat WebAssembly memory for all that a training step touches: weights, gradients, optimiser state,
 * batches, masks. The kernels work on it by byte offset; a runtime reads and writes it in place through
 * views. Blocks are reserved first, then the memory is made once and never grows: growing would detach every
 * view.
 */
import { type Kernels, RESERVED_BYTES } from '../kernels/index.ts';
import type { Block, Memory } from './engine.ts';

const ALIGNMENT = 64;
const PAGE = 65_536;

export class Arena implements Memory {
  private used = RESERVED_BYTES;
  private memory: WebAssembly.Memory | undefined;
  private instance: Kernels | undefined;
  private disposed = false;
  private readonly kernelsOn: (memory: WebAssembly.Memory) => Kernels;
  private readonly isShared: boolean;

  /**
   * @param kernelsOn makes the kernels that work on a memory, as `compileKernels` of the kernels does.
   * @param options.isShared for kernels that were compiled for shared memory.
   */
  constructor(kernelsOn: (memory: WebAssembly.Memory) => Kernels, { isShared = false } = {}) {
    this.kernelsOn = kernelsOn;
    this.isShared = isShared;
  }

  reserve(length: number): Block {
    if (this.memory !== undefined || this.disposed) {
      throw new Error('Arena: its memory is made; nothing more can be reserved');
    }
    const block = { offset: this.used, length };
    this.used += Math.ceil((length * 4) / ALIGNMENT) * ALIGNMENT;
    return block;
  }

  private make(): WebAssembly.Memory {
    if (this.disposed) throw new Error('Arena: it was disposed of');
    const pages = Math.ceil(this.used / PAGE);
    this.memory ??= new WebAssembly.Memory(
      this.isShared ? { initial: pages, maximum: pages, shared: true } : { initial: pages },
    );
    return this.memory;
  }

  get kernels(): Kernels {
    const memory = this.make();
    this.instance ??= this.kernelsOn(memory);
    return this.instance;
  }

  floats(block: Block, length = block.length): Float32Array {
    return new Float32Array(this.make().buffer, block.offset, length);
  }

  bytes(block: Block): Uint8Array {
    return new Uint8Array(this.make().buffer, block.offset, block.length * 4);
  }

  get byteLength(): number {
    return this.used;
  }

  dispose(): void {
    this.disposed = true;
    this.memory = undefined;
    this.instance = undefined;
  }
}

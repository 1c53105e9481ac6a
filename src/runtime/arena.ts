/**
 * One flat WebAssembly memory for all that a training step touches: weights, gradients, optimiser state,
 * batches, masks. The kernels work on it by byte offset; ONNX Runtime reads and writes it in place through
 * views. Blocks are reserved first, then the memory is made once and never grows: growing would detach every
 * view.
 */
import { instantiateKernels, type Kernels, RESERVED_BYTES } from '../kernels/index.ts';

/** A run of float32 elements at a fixed place. */
export interface Block {
  readonly offset: number;
  readonly length: number;
}

const ALIGNMENT = 64;
const PAGE = 65_536;

export class Arena {
  private used = RESERVED_BYTES;
  private memory: WebAssembly.Memory | undefined;
  private instance: Kernels | undefined;

  /** Sets aside `length` float32 elements, zero at first. */
  reserve(length: number): Block {
    if (this.memory !== undefined) throw new Error('Arena: its memory is made; nothing more can be reserved');
    const block = { offset: this.used, length };
    this.used += Math.ceil((length * 4) / ALIGNMENT) * ALIGNMENT;
    return block;
  }

  private make(): WebAssembly.Memory {
    this.memory ??= new WebAssembly.Memory({ initial: Math.ceil(this.used / PAGE) });
    return this.memory;
  }

  /** The loops that work on this memory. */
  get kernels(): Kernels {
    this.instance ??= instantiateKernels(this.make());
    return this.instance;
  }

  /** The first `length` elements of a block, in place. */
  floats(block: Block, length = block.length): Float32Array {
    return new Float32Array(this.make().buffer, block.offset, length);
  }

  /** A block seen as bytes: where pixels wait to be scaled. */
  bytes(block: Block): Uint8Array {
    return new Uint8Array(this.make().buffer, block.offset, block.length * 4);
  }

  get byteLength(): number {
    return this.used;
  }
}

/**
 * A memory within ONNX Runtime's heap: each block is a place there, and its offset is its address. So graphs and kernels
 * take it as it is. The heap never shrinks: what is disposed of is used for the next blocks.
 */
import type { Block, Memory } from '../../engine/index.ts';
import type { Kernels } from '../../kernels/index.ts';
import type { Heap } from '../ort/index.ts';

/** The blocks of a memory, freed when it was disposed of and nobody holds a view of them any more. */
class Lease {
  readonly blocks: Block[] = [];
  readonly heap: Heap;
  views = 0;
  isOver = false;

  constructor(heap: Heap) {
    this.heap = heap;
  }

  freeIfUnused(): void {
    if (!this.isOver || this.views > 0) return;
    for (const { offset } of this.blocks.splice(0)) this.heap.free(offset);
  }
}

const registry = new FinalizationRegistry((lease: Lease) => {
  lease.views--;
  lease.freeIfUnused();
});

export class HeapMemory implements Memory {
  private readonly lease: Lease;
  private readonly kernelsOfHeap: Kernels;
  /** Views that were handed out, by their blocks: the same again for the same length. */
  private readonly floatViews = new Map<Block, Float32Array>();
  private readonly byteViews = new Map<Block, Uint8Array>();
  private isMade = false;
  private reserved = 0;

  constructor(heap: Heap, kernels: Kernels) {
    this.lease = new Lease(heap);
    this.kernelsOfHeap = kernels;
  }

  reserve(length: number): Block {
    if (this.isMade || this.lease.isOver) {
      throw new Error('memory: it is in use; nothing more can be reserved');
    }
    const { heap, blocks } = this.lease;
    const bytes = length * Float32Array.BYTES_PER_ELEMENT;
    let offset: number;
    try {
      offset = heap.allocate(bytes);
    } catch (error) {
      this.dispose();
      throw error;
    }
    heap.bytes(offset, bytes).fill(0);
    const block = { offset, length };
    blocks.push(block);
    this.reserved += bytes;
    return block;
  }

  get kernels(): Kernels {
    this.use();
    return this.kernelsOfHeap;
  }

  floats(block: Block, length = block.length): Float32Array {
    const { heap } = this.use();
    const known = this.floatViews.get(block);
    if (known?.length === length) return known;
    const view = this.handOut(heap.floats(block.offset, length));
    this.floatViews.set(block, view);
    return view;
  }

  bytes(block: Block): Uint8Array {
    const { heap } = this.use();
    let view = this.byteViews.get(block);
    if (view === undefined) {
      view = this.handOut(heap.bytes(block.offset, block.length * Float32Array.BYTES_PER_ELEMENT));
      this.byteViews.set(block, view);
    }
    return view;
  }

  get byteLength(): number {
    return this.reserved;
  }

  /** Whether programs can be bound to it: it is of this heap. */
  isOf(heap: Heap): boolean {
    return this.lease.heap === heap;
  }

  /** @throws Error if it was disposed of. */
  requireUsable(): void {
    if (this.lease.isOver) throw new Error('memory: it was disposed of');
  }

  dispose(): void {
    this.lease.isOver = true;
    this.floatViews.clear();
    this.byteViews.clear();
    this.lease.freeIfUnused();
  }

  private use(): Lease {
    this.requireUsable();
    this.isMade = true;
    return this.lease;
  }

  private handOut<T extends object>(view: T): T {
    this.lease.views++;
    registry.register(view, this.lease);
    return view;
  }
}

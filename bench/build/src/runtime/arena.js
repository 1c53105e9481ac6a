/**
 * One flat WebAssembly memory for all that a training step touches: weights, gradients, optimiser state,
 * batches, masks. The kernels work on it by byte offset; ONNX Runtime reads and writes it in place through
 * views. Blocks are reserved first, then the memory is made once and never grows: growing would detach every
 * view.
 */
import { instantiateKernels, RESERVED_BYTES } from "../kernels/index.js";
const ALIGNMENT = 64;
const PAGE = 65_536;
export class Arena {
    used = RESERVED_BYTES;
    memory;
    instance;
    /** Sets aside `length` float32 elements, zero at first. */
    reserve(length) {
        if (this.memory !== undefined)
            throw new Error('Arena: its memory is made; nothing more can be reserved');
        const block = { offset: this.used, length };
        this.used += Math.ceil((length * 4) / ALIGNMENT) * ALIGNMENT;
        return block;
    }
    make() {
        this.memory ??= new WebAssembly.Memory({ initial: Math.ceil(this.used / PAGE) });
        return this.memory;
    }
    /** The loops that work on this memory. */
    get kernels() {
        this.instance ??= instantiateKernels(this.make());
        return this.instance;
    }
    /** The first `length` elements of a block, in place. */
    floats(block, length = block.length) {
        return new Float32Array(this.make().buffer, block.offset, length);
    }
    /** A block seen as bytes: where pixels wait to be scaled. */
    bytes(block) {
        return new Uint8Array(this.make().buffer, block.offset, block.length * 4);
    }
    get byteLength() {
        return this.used;
    }
}

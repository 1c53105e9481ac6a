/** What computes: the interfaces that every engine implements and everything above it is written against. */
import type { Sym } from '../graph/index.ts';
import type { Sha256 } from '../hash.ts';
import type { Kernels } from '../kernels/index.ts';
import type { ByteArray, FloatArray } from './arrays.ts';
import type { ChosenDevice, Device, DeviceChoice } from './devices.ts';
import type { Helper, HelperSizes } from './helpers.ts';

/** A run of float32 elements at a fixed place in a memory. */
export interface Block {
  /** In bytes from the start of the memory, a multiple of 64. The kernels take it as a pointer. */
  readonly offset: number;
  /** In elements. */
  readonly length: number;
}

/**
 * One flat memory for what a graph and the kernels work on. Blocks are reserved first. The first use of their contents
 * makes the memory; after that it never grows, so that views of it stay valid.
 */
export interface Memory {
  /**
   * Sets aside `length` float32 elements, zero at first.
   * @throws Error after the memory is made.
   */
  reserve(length: number): Block;
  /** The first `length` elements of a block, in place: by default all. */
  floats(block: Block, length?: number): Float32Array;
  /** A block seen as bytes, in place: where pixels wait to be scaled. */
  bytes(block: Block): Uint8Array;
  /** The loops that work on this memory, the steps of the optimisers among them. */
  readonly kernels: Kernels;
  /** Bytes that are reserved. */
  readonly byteLength: number;
  /** Lets the memory go. Views that were taken before stay readable; any other use is an error. */
  dispose(): void;
}

/** A symbol and the block that its elements are in. */
export interface Binding {
  readonly symbol: Sym;
  readonly block: Block;
}

/** A graph to compile: where its inputs are read and its results are written. */
export interface BoundGraph {
  /** Names the graph in errors. */
  readonly name: string;
  readonly inputs: Readonly<Record<string, Binding>>;
  readonly outputs: Readonly<Record<string, Binding>>;
  /** The memory of all blocks. */
  readonly memory: Memory;
}

/** How a graph is run. */
export interface RunSettings {
  /** Threads that share one operator's work. The bits of a result may depend on it. */
  readonly threads: number;
  /** Where it runs; what a GPU has no kernel for runs on the processor. By default the processor. */
  readonly device?: Device;
}

/** A compiled graph. */
export interface Program {
  /**
   * Runs the graph on the first `rows` rows of every block with a batch dimension. When the promise is fulfilled, every
   * result is in its block. A result that cannot be written there is an error.
   * @throws RangeError before anything runs if a block is too small for `rows`.
   */
  run(rows: number): Promise<void>;
  /** Frees it; a later run is an error. More than one call does no harm. */
  dispose(): Promise<void>;
}

/** A loaded model that is run on arrays. */
export interface Session {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** All outputs, each in memory of its own; or only those named in `into`, written there. */
  run(
    feeds: Readonly<Record<string, FloatArray | ByteArray>>,
    into?: Readonly<Record<string, FloatArray>>,
  ): Promise<Record<string, FloatArray>>;
  /** Frees it; a later run is an error. More than one call does no harm. */
  dispose(): Promise<void>;
}

/** What computed a result: needed to reproduce it. */
export interface EngineDescription {
  /** For example `onnxruntime-node`. */
  readonly name: string;
  readonly version: string;
}

/** Runs trained models on one platform: what their use needs of an {@link Engine}. */
export interface ModelEngine {
  /** A memory with nothing reserved. */
  memory(): Memory;
  /**
   * Loads a model; `file` names it in errors.
   * @throws HourglassError of kind 'data' if it cannot be loaded.
   */
  open(model: Uint8Array, settings: RunSettings & { readonly file?: string }): Promise<Session>;
  /** The platform's SHA-256. Files that a run keeps are sealed with it. */
  readonly sha256: Sha256;
}

/** Compiles and runs graphs on one platform. It is passed to what computes, never looked up. */
export interface Engine extends ModelEngine {
  compile(graph: BoundGraph, settings: RunSettings): Promise<Program>;
  /**
   * Starts helpers of a training, none for 0. Each builds its part of the work from `start`, which is plain data, and
   * has arrays of these sizes. They run on the same kind of engine: same weights and samples, same bits.
   */
  helpers(count: number, start: unknown, sizes: HelperSizes): Promise<readonly Helper[]>;
  /** @throws HourglassError of kind 'usage' if the device that was asked for cannot be used. */
  device(asked: DeviceChoice): Promise<ChosenDevice>;
  describe(): EngineDescription;
}

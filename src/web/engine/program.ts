/** A compiled graph bound to a memory of the heap: its tensors are addresses, made once for each number of rows. */
import {
  type Binding,
  type BoundGraph,
  type Program,
  type RunSettings,
  shapesOf,
  symbolsOf,
} from '../../engine/index.ts';
import { encodeModel } from '../../onnx/index.ts';
import { type Call, createSession, type Ort, type Place, prepareCall, releaseSession } from '../ort/index.ts';
import { HeapMemory } from './memory.ts';

type Bindings = Readonly<Record<string, Binding>>;

export async function compile(
  ort: Ort,
  { name, inputs, outputs, memory }: BoundGraph,
  { device = 'cpu' }: RunSettings,
): Promise<Program> {
  if (!(memory instanceof HeapMemory && memory.isOf(ort.heap))) {
    throw new Error(`${name}: its memory must be one of the engine that compiles it`);
  }
  // Convolutions in blocks of channels do not exist in WebAssembly.
  const toRun = { channelBlock: null };
  const model = encodeModel({ name, inputs: symbolsOf(inputs), outputs: symbolsOf(outputs), toRun });
  const session = await createSession(ort, model, device === 'webgpu');
  const calls = new Map<number, Call>();
  let disposed = false;

  const places = (bindings: Bindings, rows: number): Record<string, Place> =>
    Object.fromEntries(
      shapesOf(name, bindings, rows).map(({ key, shape, block }) => [
        key,
        { type: 'float32', at: block.offset, shape },
      ]),
    );

  return {
    async run(rows) {
      if (disposed) throw new Error(`${name}: it was disposed of`);
      memory.requireUsable();
      let call = calls.get(rows);
      if (call === undefined) {
        call = prepareCall(ort, session, places(inputs, rows), places(outputs, rows));
        calls.set(rows, call);
      }
      await call.run();
    },
    async dispose() {
      if (disposed) return;
      disposed = true;
      for (const call of calls.values()) call.release();
      releaseSession(ort, session);
    },
  };
}

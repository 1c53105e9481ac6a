/** A loaded ONNX model that is run on arrays. They are copied into the heap and out of it: they lie outside. */
import type { ByteArray, FloatArray, RunSettings, Session } from '../../engine/index.ts';
import { HourglassError } from '../../errors.ts';
import { sizeOf } from '../../size.ts';
import { createSession, namesOf, type Ort, type Place, prepareCall, releaseSession } from '../ort/index.ts';

/** @throws HourglassError of kind 'data' if ONNX Runtime cannot load the model. */
export async function openSession(
  ort: Ort,
  model: Uint8Array,
  { file = 'model' }: RunSettings & { readonly file?: string },
): Promise<Session> {
  let session: number;
  try {
    session = await createSession(ort, model);
  } catch (cause) {
    if (cause instanceof HourglassError) throw cause;
    const reason = (cause as Error).message.split('\n')[0]!;
    throw new HourglassError(
      'data',
      { subject: file, rule: `ONNX Runtime cannot load it (${reason})` },
      { cause },
    );
  }
  const { inputs, outputs } = namesOf(ort, session);
  let disposed = false;

  return {
    inputs,
    outputs,
    async run(feeds, into) {
      if (disposed) throw new Error(`${file}: it was disposed of`);
      const wanted = into === undefined ? outputs : Object.keys(into);
      const unknown = wanted.find((name) => !outputs.includes(name));
      if (unknown !== undefined) {
        throw new Error(`${file}: has no output '${unknown}', only ${outputs.join(', ')}`);
      }
      const results = await runOn(ort, session, feeds, wanted);
      if (into === undefined) return results;
      for (const [name, { shape }] of Object.entries(into)) requireShape(file, name, shape, results[name]!);
      for (const [name, { data }] of Object.entries(into)) data.set(results[name]!.data);
      return { ...into };
    },
    async dispose() {
      if (disposed) return;
      disposed = true;
      releaseSession(ort, session);
    },
  };
}

/** One run: each output in memory of its own. */
async function runOn(
  ort: Ort,
  session: number,
  feeds: Readonly<Record<string, FloatArray | ByteArray>>,
  wanted: readonly string[],
): Promise<Record<string, FloatArray>> {
  const { heap } = ort;
  const places: Record<string, Place> = {};
  try {
    for (const [name, { data, shape }] of Object.entries(feeds)) {
      if (data.length !== sizeOf(shape)) {
        throw new RangeError(
          `'${name}' has ${data.length} values, and its shape [${shape}] has ${sizeOf(shape)}`,
        );
      }
      const at = heap.allocate(data.byteLength);
      const type = data instanceof Uint8Array ? 'uint8' : 'float32';
      places[name] = { type, at, shape };
      if (data instanceof Uint8Array) heap.bytes(at, data.length).set(data);
      else heap.floats(at, data.length).set(data);
    }
    const call = prepareCall(ort, session, places, Object.fromEntries(wanted.map((name) => [name, null])));
    try {
      const results = await call.run();
      return Object.fromEntries(
        wanted.map((name, i) => [name, { data: results[i]!.values, shape: results[i]!.shape }]),
      );
    } finally {
      call.release();
    }
  } finally {
    for (const { at } of Object.values(places)) heap.free(at);
  }
}

/** @throws RangeError if a result has another shape than its place. */
export function requireShape(
  file: string,
  name: string,
  asked: readonly number[],
  { shape, data }: FloatArray,
): void {
  if (asked.length === shape.length && asked.every((size, i) => size === shape[i])) return;
  throw new RangeError(`${file}: '${name}' has the shape [${shape}] (${data.length} values), not [${asked}]`);
}

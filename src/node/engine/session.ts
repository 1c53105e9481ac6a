/**
 * A loaded ONNX model that is run on arrays: for shipped models and for one-off graphs. Nothing is copied in, and
 * nothing out that is written where the caller says.
 */
import type * as Ort from 'onnxruntime-common';
import type { ByteArray, FloatArray, RunSettings, Session } from '../../engine/index.ts';
import { HourglassError } from '../../errors.ts';
import { END, isEnd, withEnd } from '../../onnx/index.ts';
import { onnxRuntime } from './vendored.ts';

export async function createSession(
  model: Uint8Array,
  { threads, device = 'cpu' }: RunSettings,
): Promise<Ort.InferenceSession> {
  return onnxRuntime().InferenceSession.create(model, {
    executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    // Numbers below 1e-38 make a processor ten times slower; training comes upon them after some 700 steps.
    // Threads that spin while they wait take the cores from threads that have work: half a millisecond costs nothing
    // on a quiet machine and gives a third more speed on a busy one.
    extra: { session: { set_denormal_as_zero: '1', intra_op: { spin_duration_us: '500' } } },
  });
}

/** Waits for a run of a model {@link withEnd} whose outputs are written where they are wanted. */
export async function untilEnd(run: Promise<unknown>): Promise<void> {
  try {
    await run;
  } catch (error) {
    if (!isEnd(error)) throw error;
  }
}

function tensorsOf(arrays: Readonly<Record<string, FloatArray | ByteArray>>): Record<string, Ort.Tensor> {
  const { Tensor } = onnxRuntime();
  return Object.fromEntries(
    Object.entries(arrays).map(([name, { data, shape }]) => [
      name,
      data instanceof Uint8Array ? new Tensor('uint8', data, shape) : new Tensor('float32', data, shape),
    ]),
  );
}

/** @throws HourglassError of kind 'data' if ONNX Runtime cannot load the model. */
export async function openSession(
  model: Uint8Array,
  settings: RunSettings & { readonly file?: string },
): Promise<Session> {
  onnxRuntime(); // A library that cannot be loaded is not the model's fault.
  let session: Ort.InferenceSession;
  try {
    session = await createSession(withEnd(model), settings);
  } catch (cause) {
    const reason = (cause as Error).message.split('\n')[0]!;
    throw new HourglassError(
      'data',
      { subject: settings.file ?? 'model', rule: `ONNX Runtime cannot load it (${reason})` },
      { cause },
    );
  }
  const outputs = session.outputNames.filter((name) => name !== END);
  let disposed: Promise<void> | undefined;
  return {
    inputs: session.inputNames,
    outputs,
    async run(feeds, into) {
      if (disposed !== undefined) throw new Error(`${settings.file ?? 'model'}: it was disposed of`);
      if (into !== undefined) {
        // The binding passes over a name that the model does not have: its place would stay as it was.
        const unknown = Object.keys(into).find((name) => !outputs.includes(name));
        if (unknown !== undefined) {
          throw new Error(
            `${settings.file ?? 'model'}: has no output '${unknown}', only ${outputs.join(', ')}`,
          );
        }
        await untilEnd(session.run(tensorsOf(feeds), { [END]: null, ...tensorsOf(into) }));
        return { ...into };
      }
      const results = await session.run(tensorsOf(feeds), outputs);
      return Object.fromEntries(
        Object.entries(results).map(([name, tensor]) => [
          name,
          { data: tensor.data as Float32Array, shape: tensor.dims },
        ]),
      );
    },
    dispose() {
      disposed ??= session.release();
      return disposed;
    },
  };
}

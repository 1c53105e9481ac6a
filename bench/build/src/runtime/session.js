/**
 * A loaded ONNX model that is run on arrays: for shipped models and for one-off graphs. Each call copies
 * nothing in and lets ONNX Runtime allocate the results.
 */
import { createRequire } from 'node:module';
import { HourglassError } from "../errors.js";
// ONNX Runtime is CommonJS and loads a 20 MB library: on first use, not on import.
let loaded;
/** ONNX Runtime itself; nothing outside this folder may ask for it. */
export function onnxRuntime() {
    loaded ??= createRequire(import.meta.url)('onnxruntime-node');
    return loaded;
}
export async function createSession(model, settings) {
    return onnxRuntime().InferenceSession.create(model, {
        executionProviders: ['cpu'],
        intraOpNumThreads: settings.threads,
        interOpNumThreads: 1,
        executionMode: 'sequential',
        graphOptimizationLevel: 'all',
        logSeverityLevel: 3,
        // Numbers below 1e-38 make a processor ten times slower; training comes upon them after some 700 steps.
        extra: { session: { set_denormal_as_zero: '1' } },
    });
}
/** @throws HourglassError of kind 'data' where ONNX Runtime cannot load the model. */
export async function openSession(model, settings) {
    const { Tensor } = onnxRuntime();
    let session;
    try {
        session = await createSession(model, settings);
    }
    catch (cause) {
        const reason = cause.message.split('\n')[0];
        throw new HourglassError('data', { subject: settings.file ?? 'model', rule: `ONNX Runtime cannot load it (${reason})` }, { cause });
    }
    return {
        inputs: session.inputNames,
        outputs: session.outputNames,
        async run(feeds) {
            const tensors = Object.entries(feeds).map(([name, { data, shape }]) => [name, new Tensor('float32', data, shape)]);
            const results = await session.run(Object.fromEntries(tensors));
            return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [
                name,
                { data: tensor.data, shape: tensor.dims },
            ]));
        },
        dispose: () => session.release(),
    };
}

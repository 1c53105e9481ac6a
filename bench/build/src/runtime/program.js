import { BATCH, bindShape } from "../graph/index.js";
import { encodeModel } from "../onnx/index.js";
import { createSession, onnxRuntime } from "./session.js";
export async function compile(name, inputs, outputs, arena, settings) {
    const symbols = (bindings) => Object.fromEntries(Object.entries(bindings).map(([key, { symbol }]) => [key, symbol]));
    const model = encodeModel({ name, inputs: symbols(inputs), outputs: symbols(outputs) });
    const session = await createSession(model, settings);
    const bound = new Map();
    const tensors = (bindings, rows) => {
        const { Tensor } = onnxRuntime();
        return Object.fromEntries(Object.entries(bindings).map(([key, { symbol, block }]) => {
            const shape = bindShape(symbol.shape, { [BATCH]: rows });
            const size = shape.reduce((a, b) => a * b, 1);
            if (size > block.length) {
                throw new RangeError(`${name}: '${key}' of ${size} elements does not fit its block of ${block.length}`);
            }
            return [key, new Tensor('float32', arena.floats(block, size), shape)];
        }));
    };
    return {
        async run(rows) {
            let views = bound.get(rows);
            if (views === undefined) {
                views = { feeds: tensors(inputs, rows), fetches: tensors(outputs, rows) };
                bound.set(rows, views);
            }
            await session.run(views.feeds, views.fetches);
        },
        dispose: () => session.release(),
    };
}

import { streamOf } from "./streams.js";
/** Each parameter begins at a multiple of this many elements (64 bytes). */
const ALIGNMENT = 16;
export function reserveParameters(arena, parameters, slotNames) {
    const groups = [];
    const places = [];
    for (const role of ['weight', 'bias']) {
        const members = parameters.filter((parameter) => parameter.role === role);
        const starts = [];
        let length = 0;
        for (const { shape } of members) {
            starts.push(length);
            length += Math.ceil(sizeOf(shape) / ALIGNMENT) * ALIGNMENT;
        }
        if (length === 0)
            continue;
        const group = {
            role,
            values: arena.reserve(length),
            gradients: arena.reserve(length),
            slots: new Map(slotNames.map((name) => [name, arena.reserve(length)])),
        };
        groups.push(group);
        for (const [i, parameter] of members.entries()) {
            const part = (whole) => ({
                offset: whole.offset + starts[i] * Float32Array.BYTES_PER_ELEMENT,
                length: sizeOf(parameter.shape),
            });
            places.push({
                parameter,
                value: part(group.values),
                gradient: part(group.gradients),
                slots: new Map([...group.slots].map(([name, block]) => [name, part(block)])),
            });
        }
    }
    return { groups, places };
}
/** Draws a tensor's first values: a function of the seed and the tensor's name alone. */
export function initialise(arena, block, initial, name, seed) {
    const { kernels } = arena;
    const stream = streamOf(`initial/${name}`);
    switch (initial.type) {
        case 'constant':
            arena.floats(block).fill(initial.value);
            break;
        case 'uniform':
            kernels.uniform(block.offset, block.length, initial.low, initial.high, seed, stream, 0, 0);
            break;
        case 'normal':
            kernels.normal(block.offset, block.length, initial.mean, initial.std, seed, stream, 0, 0);
            break;
    }
}
function sizeOf(shape) {
    return shape.reduce((a, b) => a * b, 1);
}

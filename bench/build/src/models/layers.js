/** The layer list of a configuration: its schema, and how each entry becomes a layer of a network. */
import { z } from 'zod';
import { ACTIVATIONS, activate, batchNorm, dense, dropout, } from "../nn/index.js";
export const activationSchema = z.enum(ACTIVATIONS);
export const rateSchema = z.number().min(0).lt(1);
export const unitsSchema = z.int().min(1).max(65_536);
const slopeSchema = z.number().optional().describe('slope below zero, for leakyRelu (default 0.01)');
export const layerSchema = z.discriminatedUnion('type', [
    z
        .strictObject({
        type: z.literal('dense'),
        units: unitsSchema,
        activation: activationSchema.default('identity'),
        slope: slopeSchema,
        bias: z.boolean().default(true),
    })
        .describe('every unit sees every input: x · W + b, then the activation'),
    z
        .strictObject({ type: z.literal('dropout'), rate: rateSchema })
        .describe('sets elements to 0 at this rate, in training only'),
    z
        .strictObject({
        type: z.literal('batchNorm'),
        momentum: z.number().min(0).lt(1).default(0.9),
        epsilon: z.number().positive().default(1e-5),
    })
        .describe('normalises each feature over the batch'),
    z.strictObject({ type: z.literal('activation'), activation: activationSchema, slope: slopeSchema }),
]);
/** Applies the layers in order; each is named by its type and its place among those of its type: `dense1`. */
export function applyLayers(net, x, layers, initialiser) {
    const seen = new Map();
    let h = x;
    for (const layer of layers) {
        const n = (seen.get(layer.type) ?? 0) + 1;
        seen.set(layer.type, n);
        h = net.within(`${layer.type}${n}`, () => applyLayer(net, h, layer, initialiser));
    }
    return h;
}
function applyLayer(net, x, layer, initialiser) {
    switch (layer.type) {
        case 'dense':
            return activate(dense(net, x, { ...layer, initialiser }), layer.activation, layer.slope);
        case 'dropout':
            return dropout(net, x, layer.rate);
        case 'batchNorm':
            return batchNorm(net, x, layer);
        case 'activation':
            return activate(x, layer.activation, layer.slope);
    }
}

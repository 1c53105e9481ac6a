/**
 * The plain autoencoder: an encoder to a code, a decoder back to an image, both lists of layers.
 * x̂ = decode(encode(x)).
 */
import { z } from 'zod';
import { activate, dense, dropout, INITIALISERS } from "../nn/index.js";
import { activationSchema, applyLayers, layerSchema, rateSchema, unitsSchema } from "./layers.js";
export const autoencoderSchema = z.strictObject({
    family: z.literal('autoencoder'),
    encoder: z.array(layerSchema).describe('the layers from the image to the code, without the code itself'),
    code: z
        .strictObject({
        units: unitsSchema,
        activation: activationSchema.default('identity'),
        slope: z.number().optional(),
        bias: z.boolean().default(true),
        dropout: rateSchema.default(0).describe('dropout on the code, in training only'),
    })
        .describe('the bottleneck: a dense layer of this many units'),
    decoder: z.array(layerSchema).describe('the layers from the code to the image, without the output itself'),
    output: z
        .strictObject({ activation: activationSchema.default('sigmoid'), bias: z.boolean().default(true) })
        .prefault({})
        .describe('the last layer: dense, one unit a pixel'),
    initialiser: z
        .enum(INITIALISERS)
        .default('glorotUniform')
        .describe('how every weight begins; biases are 0'),
});
export function defineAutoencoder(config, pixels) {
    const { initialiser } = config;
    return {
        pixels,
        codeUnits: config.code.units,
        encode: (net, image) => net.within('encoder', () => {
            const h = applyLayers(net, image, config.encoder, initialiser);
            return net.within('code', () => {
                const code = activate(dense(net, h, { ...config.code, initialiser }), config.code.activation, config.code.slope);
                return dropout(net, code, config.code.dropout);
            });
        }),
        decode: (net, code) => net.within('decoder', () => {
            const h = applyLayers(net, code, config.decoder, initialiser);
            return net.within('output', () => {
                const preActivation = dense(net, h, { units: pixels, bias: config.output.bias, initialiser });
                return { preActivation, image: activate(preActivation, config.output.activation) };
            });
        }),
    };
}

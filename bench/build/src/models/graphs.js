/**
 * The graphs made of one model definition: the one that is trained, the one that validates, and the three
 * that are shipped (encoder, decoder, the whole autoencoder).
 */
import { gradients } from "../autodiff/index.js";
import { BATCH, input, reshape } from "../graph/index.js";
import { Network } from "../nn/index.js";
import { encodeModel } from "../onnx/index.js";
import { buildObjective } from "./objective.js";
export function objectiveGraph(definition, loss, mode) {
    const net = new Network(mode);
    const image = input('image', [BATCH, definition.pixels]);
    return { net, image, objective: buildObjective(net, definition, loss, image) };
}
export function trainingGraph(definition, loss) {
    const graph = objectiveGraph(definition, loss, 'train');
    const parameters = [...graph.net.parameters.values()];
    const found = gradients(graph.objective.loss, parameters.map(({ symbol }) => symbol));
    return { ...graph, gradients: parameters.map((parameter, i) => ({ parameter, gradient: found[i] })) };
}
export const SHIPPED = ['autoencoder', 'encoder', 'decoder'];
/**
 * The models that are shipped, as ONNX bytes: images as [N, channels, height, width] in [0, 1], codes as
 * [N, units], any number of rows; weights inside.
 */
export function shippedModels(definition, shape, weights, metadata) {
    const outside = [BATCH, shape.channels, shape.height, shape.width];
    const ship = (name, parts) => {
        const net = new Network('infer');
        const { inputs, outputs } = parts(net);
        const named = [...net.parameters.values(), ...net.states.values()];
        return encodeModel({
            name: `hourglass-${name}`,
            inputs,
            outputs,
            weights: new Map(named.map((tensor) => [tensor.symbol, weightOf(weights, tensor.name)])),
            metadata: { ...metadata, part: name },
            description: `${name} of an hourglass model; images are [N, channels, height, width] in [0, 1]`,
        });
    };
    const image = input('image', outside);
    const code = input('code', [BATCH, definition.codeUnits]);
    const rows = () => reshape(image, [BATCH, definition.pixels]);
    return {
        autoencoder: ship('autoencoder', (net) => {
            const encoded = definition.encode(net, rows());
            const reconstruction = reshape(definition.decode(net, encoded).image, outside);
            return { inputs: { image }, outputs: { reconstruction, code: encoded } };
        }),
        encoder: ship('encoder', (net) => ({
            inputs: { image },
            outputs: { code: definition.encode(net, rows()) },
        })),
        decoder: ship('decoder', (net) => ({
            inputs: { code },
            outputs: { reconstruction: reshape(definition.decode(net, code).image, outside) },
        })),
    };
}
function weightOf(weights, name) {
    const found = weights.get(name);
    if (found === undefined)
        throw new RangeError(`no weights for '${name}'`);
    return found;
}

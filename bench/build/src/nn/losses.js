/**
 * Reconstruction losses between [N, pixels] symbols: averaged over the images of a batch always, over their
 * pixels (`mean`) or summed over them (`sum`) as asked. Every loss says in words what its number is.
 */
import { abs, mul, reduceSum, softplus, square, sub } from "../graph/index.js";
import { columnsOf } from "./layers.js";
export const LOSSES = ['mse', 'mae', 'bce'];
export const REDUCTIONS = ['mean', 'sum'];
const NAMES = {
    mse: 'squared error',
    mae: 'absolute error',
    bce: 'binary cross-entropy (nats)',
};
/** As "absolute error, mean over pixels and images". */
export function lossDefinition(loss, reduction) {
    const over = reduction === 'mean' ? 'mean over pixels and images' : 'summed over pixels, mean over images';
    return `${NAMES[loss]}, ${over}`;
}
/** The loss as a scalar symbol. For `bce`, the output's activation must be the sigmoid. */
export function reconstructionLoss(net, loss, reduction, output, target) {
    const perPixel = {
        mse: () => square(sub(output.image, target)),
        mae: () => abs(sub(output.image, target)),
        // −x log σ(z) − (1 − x) log(1 − σ(z)) = softplus(z) − x z, without overflow.
        bce: () => sub(softplus(output.preActivation), mul(target, output.preActivation)),
    }[loss]();
    const scale = reduction === 'mean' ? 1 / columnsOf(target) : 1;
    return mul(reduceSum(perPixel), mul(net.inverseBatch, scale));
}

/** Layers: functions from a symbol to a symbol that take their parameters from a network. */
import { add, div, gemm, mul, reduceSum, sqrt, square, sub } from "../graph/index.js";
import { initialiser, ones, zeros } from "./initialisers.js";
/** The columns of a [N, columns] symbol. */
export function columnsOf(x) {
    const columns = x.shape[1];
    if (x.shape.length !== 2 || typeof columns !== 'number') {
        throw new RangeError(`expected rows of features, [N, columns], got [${x.shape.join(', ')}]`);
    }
    return columns;
}
/** x · W + b: [N, in] → [N, units], with W of shape [in, units] and b of [units]. */
export function dense(net, x, { units, bias, initialiser: name }) {
    const fanIn = columnsOf(x);
    const weight = net.parameter('weight', [fanIn, units], initialiser(name, fanIn, units));
    if (!bias)
        return gemm(x, weight);
    return gemm(x, weight, { addend: net.parameter('bias', [units], zeros, 'bias') });
}
/**
 * Sets each element to 0 with probability `rate` in training and scales the others by 1 / (1 − rate), so that
 * nothing needs doing afterwards (inverted dropout; Srivastava et al., 2014).
 */
export function dropout(net, x, rate) {
    if (net.mode === 'infer' || rate === 0)
        return x;
    return mul(x, net.keepMask('mask', x.shape.slice(1), rate));
}
/**
 * (x − mean) / √(variance + ε) · scale + shift over the rows of [N, features] (Ioffe & Szegedy, 2015), with
 * the batch's own statistics in training and their running averages afterwards. The variance is the biased
 * one, ÷ N, in both.
 */
export function batchNorm(net, x, { momentum, epsilon }) {
    const features = [columnsOf(x)];
    const scale = net.parameter('scale', features, ones, 'bias');
    const shift = net.parameter('shift', features, zeros, 'bias');
    const runningMean = net.state('mean', features, 0);
    const runningVariance = net.state('variance', features, 1);
    let mean = runningMean.symbol;
    let variance = runningVariance.symbol;
    if (net.mode === 'train') {
        mean = mul(reduceSum(x, [0]), net.inverseBatch);
        variance = mul(reduceSum(square(sub(x, mean)), [0]), net.inverseBatch);
        const moved = (from, to) => add(mul(from, momentum), mul(to, 1 - momentum));
        runningMean.next = moved(runningMean.symbol, mean);
        runningVariance.next = moved(runningVariance.symbol, variance);
    }
    return add(mul(div(sub(x, mean), sqrt(add(variance, epsilon))), scale), shift);
}

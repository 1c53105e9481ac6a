/** How parameters begin: distributions by fan-in and fan-out, described here and drawn by the kernels. */
export const INITIALISERS = [
    'glorotUniform',
    'glorotNormal',
    'heUniform',
    'heNormal',
    'lecunNormal',
];
export const zeros = { type: 'constant', value: 0 };
export const ones = { type: 'constant', value: 1 };
/**
 * Glorot & Bengio (2010): variance 2 / (fanIn + fanOut). He et al. (2015): 2 / fanIn. LeCun (1998): 1 / fanIn.
 * The uniform ones have the same variance, on ±√(3 · variance).
 */
export function initialiser(name, fanIn, fanOut) {
    const variance = name.startsWith('glorot')
        ? 2 / (fanIn + fanOut)
        : name.startsWith('he')
            ? 2 / fanIn
            : 1 / fanIn;
    if (name.endsWith('Normal'))
        return { type: 'normal', mean: 0, std: Math.sqrt(variance) };
    const bound = Math.sqrt(3 * variance);
    return { type: 'uniform', low: -bound, high: bound };
}

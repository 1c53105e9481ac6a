/**
 * What a model definition writes into while it builds its graph: the parameters it needs, the states it
 * keeps (running statistics) and the random numbers it consumes, each by a name that stays the same from one
 * graph to the next. The same definition run in `train` and in `infer` mode gives the graph that is trained
 * and the graph that is shipped.
 */
import { BATCH, input, inScope } from "../graph/index.js";
export class Network {
    mode;
    parameters = new Map();
    states = new Map();
    randomness = new Map();
    /** 1 / (images in the batch), a scalar: so that one graph serves every batch size. */
    inverseBatch = input('inverseBatch', []);
    path = '';
    constructor(mode) {
        this.mode = mode;
    }
    /** Names what `body` adds under `name`: `encoder.dense1.weight`, in the graph's scope `encoder/dense1`. */
    within(name, body) {
        const outer = this.path;
        this.path = outer === '' ? name : `${outer}.${name}`;
        try {
            return inScope(name, body);
        }
        finally {
            this.path = outer;
        }
    }
    /** A parameter by its name within the current path; asked for again, it is shared (tied). */
    parameter(name, shape, initialiser, role = 'weight') {
        const full = this.fullName(name);
        const known = this.parameters.get(full);
        if (known !== undefined)
            return known.symbol;
        const symbol = input(full, shape);
        this.parameters.set(full, { name: full, symbol, shape, initialiser, role });
        return symbol;
    }
    state(name, shape, initial) {
        const full = this.fullName(name);
        let state = this.states.get(full);
        if (state === undefined) {
            state = { name: full, symbol: input(full, shape), shape, initial, next: null };
            this.states.set(full, state);
        }
        return state;
    }
    /** A mask of shape [N, ...shape]: 0 with probability `rate`, else 1 / (1 − rate). */
    keepMask(name, shape, rate) {
        const full = this.fullName(name);
        const batched = [BATCH, ...shape];
        const symbol = input(full, batched);
        const size = shape.reduce((a, b) => a * b, 1);
        this.randomness.set(full, { name: full, symbol, size, distribution: { type: 'keepMask', rate } });
        return symbol;
    }
    fullName(name) {
        return this.path === '' ? name : `${this.path}.${name}`;
    }
}

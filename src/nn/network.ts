/**
 * What a model definition writes into while it builds its graph: the parameters it needs, the states it
 * keeps (running statistics) and the random numbers it consumes, each by a name that stays the same from one
 * graph to the next. The same definition run in each mode gives the graph that is trained, the one that
 * validates and the one that is shipped.
 */

import { BATCH, constant, input, inScope, mul, reduceSum, type Shape, type Sym } from '../graph/index.ts';
import { sizeOf } from '../size.ts';
import type { Initialiser } from './initialisers.ts';

/**
 * `train`: dropout, batch statistics, fresh noise. `validate`: what training minimises, measured on held-out
 * images: the task's own noise (corruption, sampled codes) stays, fixed; dropout is off, statistics are the
 * running ones. `infer`: no noise at all.
 */
export type Mode = 'train' | 'validate' | 'infer';

/** A tensor that training changes by its gradient. */
export interface Parameter {
  readonly name: string;
  readonly symbol: Sym;
  readonly shape: readonly number[];
  readonly initialiser: Initialiser;
  /** A weight (to which weight decay applies) or a bias / scale. */
  readonly role: 'weight' | 'bias';
  /** Whether it belongs to the model, or to a network that only its training needs. */
  readonly owner: Owner;
}

/** An `opponent` is a network that is trained to find faults of the model: penalties on weights skip it. */
export type Owner = 'model' | 'opponent';

/** A tensor that training changes by a rule of its own: `next` is its value after the step. */
export interface State {
  readonly name: string;
  readonly symbol: Sym;
  readonly shape: readonly number[];
  readonly initial: number;
  next: Sym | null;
}

/** `keepMask` is 0 with probability `rate`, else {@link keptFactor}; `uniform` is in [0, 1), `normal` standard. */
export type Distribution =
  | { readonly type: 'keepMask'; readonly rate: number }
  | { readonly type: 'uniform' }
  | { readonly type: 'normal' };

/** 1 / (1 − rate), with the rate in steps of 2⁻¹⁶, as masks are drawn: what a mask multiplies by where it keeps. */
export function keptFactor(rate: number): number {
  const steps = 2 ** 16;
  return steps / (steps - Math.min(Math.round(rate * steps), steps - 1));
}

/** Random numbers drawn afresh at each step, one row per image. */
export interface Randomness {
  readonly name: string;
  readonly symbol: Sym;
  /** Elements per image. */
  readonly size: number;
  readonly distribution: Distribution;
}

/** A number that changes in the course of training, as the weight of a penalty that is warmed up. */
export interface Scheduled {
  readonly name: string;
  readonly symbol: Sym;
  /** Its value after this many epochs; fractions are allowed. */
  readonly at: (epochs: number) => number;
}

/** A codebook in the model, and the vectors that it is for. */
export interface Codebook {
  /** Its entries, [entries, width]. */
  readonly book: State;
  /** The share of vectors that choose each of them, [entries]; all 0 before the first step. */
  readonly use: State;
  /** [rows, width]. */
  readonly vectors: Sym;
}

export class Network {
  private current: Mode;
  readonly parameters = new Map<string, Parameter>();
  readonly states = new Map<string, State>();
  readonly randomness = new Map<string, Randomness>();
  readonly scheduled = new Map<string, Scheduled>();
  /** Those of the model, the first stage first. */
  readonly codebooks: Codebook[] = [];
  /** 1 / (images in the batch), a scalar: so that one graph serves every batch size. */
  readonly inverseBatch: Sym = input('inverseBatch', []);
  /** The share of the batch's images that a run is given. A number that belongs to no single image is multiplied by it. */
  readonly share: Sym;
  private path = '';
  private spectral = false;

  constructor(mode: Mode) {
    this.current = mode;
    this.share = mode === 'train' ? input('share', []) : constant(1);
  }

  get mode(): Mode {
    return this.current;
  }

  /** Runs `body` in another mode, with the same parameters and states: in mode `infer` what it builds has no noise. */
  inMode<T>(mode: Mode, body: () => T): T {
    const outer = this.current;
    this.current = mode;
    try {
      return body();
    } finally {
      this.current = outer;
    }
  }

  /** The sum over everything divided by the number of images in the batch. For one number per image, [N], it is the mean. */
  mean(perImage: Sym): Sym {
    return mul(reduceSum(perImage), this.inverseBatch);
  }

  /** Names what `body` adds under `name`: `encoder.dense1.weight`, in the graph's scope `encoder/dense1`. */
  within<T>(name: string, body: () => T): T {
    const outer = this.path;
    this.path = outer === '' ? name : `${outer}.${name}`;
    try {
      return inScope(name, body);
    } finally {
      this.path = outer;
    }
  }

  /** A parameter by its name within the current path; asked for again, it is shared (tied). */
  parameter(
    name: string,
    shape: readonly number[],
    initialiser: Initialiser,
    role: Parameter['role'] = 'weight',
    owner: Owner = 'model',
  ): Sym {
    const full = this.fullName(name);
    const known = this.parameters.get(full);
    if (known !== undefined) return known.symbol;
    const symbol = input(full, shape);
    this.parameters.set(full, { name: full, symbol, shape, initialiser, role, owner });
    return symbol;
  }

  state(name: string, shape: readonly number[], initial: number): State {
    const full = this.fullName(name);
    let state = this.states.get(full);
    if (state === undefined) {
      state = { name: full, symbol: input(full, shape), shape, initial, next: null };
      this.states.set(full, state);
    }
    return state;
  }

  /** Random numbers of shape [N, ...shape]. */
  random(name: string, shape: readonly number[], distribution: Distribution): Sym {
    const full = this.fullName(name);
    const batched: Shape = [BATCH, ...shape];
    const symbol = input(full, batched);
    const size = sizeOf(shape);
    this.randomness.set(full, { name: full, symbol, size, distribution });
    return symbol;
  }

  /** A scalar that follows `at` in training and has its `final` value elsewhere. */
  schedule(name: string, final: number, at: (epochs: number) => number): Sym {
    if (this.mode !== 'train') return constant(final);
    const full = this.fullName(name);
    const symbol = input(full, []);
    this.scheduled.set(full, { name: full, symbol, at });
    return symbol;
  }

  /** Runs `body` with the names of `path`, from any place: this shares another part's parameters. */
  at<T>(path: string, body: () => T): T {
    const outer = this.path;
    this.path = path;
    try {
      return body();
    } finally {
      this.path = outer;
    }
  }

  /** Runs `body`: if `is`, layers in it divide their weights by their largest singular values. */
  spectrally<T>(is: boolean, body: () => T): T {
    const outer = this.spectral;
    this.spectral = is;
    try {
      return body();
    } finally {
      this.spectral = outer;
    }
  }

  /** Whether layers are to divide their weights by their largest singular values. */
  get isSpectral(): boolean {
    return this.spectral;
  }

  /** The current path, as `encoder.dense1`: what an error names. */
  get place(): string {
    return this.path;
  }

  private fullName(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }
}

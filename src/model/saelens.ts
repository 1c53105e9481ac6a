/**
 * A sparse code as the files that SAELens reads (`SAE.load_from_disk`): cfg.json and sae_weights.safetensors. The scaling of
 * columns is folded into the weights, so that the model takes and gives vectors in their own units and has the same codes.
 */
import { encodeSafetensors, type Safetensor } from '../codecs/safetensors.ts';
import type { StoredTensors } from '../codecs/sealed.ts';
import { HourglassError } from '../errors.ts';
import { codeTraits } from '../models/index.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { readRows } from './rows.ts';

export const SAELENS_FILES = { config: 'cfg.json', weights: 'sae_weights.safetensors' } as const;

interface SavedModel {
  recipe: Recipe;
  weights: StoredTensors;
  metadata: Readonly<Record<string, string>>;
}

/** @throws HourglassError (usage) for a code that is not sparse. */
export function saelensFiles(
  { recipe, weights, metadata }: SavedModel,
  source: string,
): Map<string, Uint8Array> {
  const { code } = recipe.model;
  if (!codeTraits(code).isSparse) {
    throw new HourglassError('usage', {
      subject: source,
      rule: 'has no sparse code, which SAELens is for',
      got: code.type,
      hint: "leave out '--format saelens'",
    });
  }
  const tensor = (name: string) => weights.get(name)!.values;
  const directions = tensor('decoder.output.weight');
  const bias = tensor('decoder.output.bias');
  const units = tensor('encoder.code.bias');
  const own = scalingOf(metadata, bias.length, source);
  const wide = placed(own);
  const width = wide.count;
  const encoder = new Float32Array(width * units.length);
  const decoder = new Float32Array(units.length * width);
  for (let unit = 0; unit < units.length; unit++) {
    const row = directions.subarray(unit * bias.length, (unit + 1) * bias.length);
    const length = Math.hypot(...row);
    for (let i = 0; i < bias.length; i++) {
      const [at, scale] = [wide.at(i), own.scale[i]!];
      encoder[at * units.length + unit] = tensor('encoder.code.weight')[unit * bias.length + i]! / scale;
      decoder[unit * width + at] = (row[i]! / length) * scale;
    }
  }
  const shared = Float32Array.from({ length: width }, (_, at) => wide.constants.get(at) ?? 0);
  for (let i = 0; i < bias.length; i++) shared[wide.at(i)] = own.offset[i]! + own.scale[i]! * bias[i]!;
  const tensors = new Map<string, Safetensor>([
    ['W_dec', { dtype: 'F32', shape: [units.length, width], data: decoder }],
    ['W_enc', { dtype: 'F32', shape: [width, units.length], data: encoder }],
    ['b_dec', { dtype: 'F32', shape: [width], data: shared }],
    ['b_enc', { dtype: 'F32', shape: [units.length], data: Float32Array.from(units) }],
  ]);
  const thresholds = thresholdsOf(weights, units.length);
  if (thresholds !== null) {
    tensors.set('threshold', { dtype: 'F32', shape: [units.length], data: thresholds });
  }
  const config = {
    architecture: thresholds === null ? 'topk' : 'jumprelu',
    d_in: width,
    d_sae: units.length,
    dtype: 'float32',
    device: 'cpu',
    apply_b_dec_to_input: true,
    normalize_activations: 'none',
    reshape_activations: 'none',
    ...(thresholds === null ? { k: (code as { k: number }).k, rescale_acts_by_decoder_norm: false } : {}),
    metadata: {
      hourglass: metadata.hourglass ?? null,
      recipe: recipe.name,
      dataset: metadata.dataset ?? null,
    },
  };
  return new Map([
    [SAELENS_FILES.config, new TextEncoder().encode(`${JSON.stringify(config, null, 2)}\n`)],
    [SAELENS_FILES.weights, encodeSafetensors(tensors, { format: 'pt' })],
  ]);
}

/** Above which each unit is kept; null where a number of them is. */
function thresholdsOf(weights: StoredTensors, units: number): Float32Array<ArrayBuffer> | null {
  const learned = weights.get('encoder.code.logThreshold')?.values;
  if (learned !== undefined) return Float32Array.from(learned, Math.exp);
  const shared = weights.get('encoder.code.threshold')?.values[0];
  // A batch keeps nothing below 0.
  return shared === undefined ? null : new Float32Array(units).fill(Math.max(0, shared));
}

interface Scaling {
  offset: ArrayLike<number>;
  scale: ArrayLike<number>;
  columns: readonly string[];
  /** Columns of the training file with one value, which the model does not have. */
  constants: readonly { name: string; value: number }[];
}

function scalingOf(metadata: SavedModel['metadata'], values: number, source: string): Scaling {
  const rows = readRows(metadata.rows, source);
  if (rows === null) {
    return {
      offset: new Float32Array(values),
      scale: new Float32Array(values).fill(1),
      columns: [],
      constants: [],
    };
  }
  const { leftOut = [] } = (rows.table ?? {}) as {
    leftOut?: { name: string; why: string; value?: unknown }[];
  };
  const constants = leftOut.flatMap(({ name, why, value }) =>
    why === 'constant' && typeof value === 'number' ? [{ name, value }] : [],
  );
  return { ...rows, constants };
}

/**
 * Where the values have their places: those of an array, `x1`, `x2`, …, keep theirs, also next to columns of one value. Other
 * columns follow one another.
 */
function placed({ columns, constants, scale }: Scaling): {
  count: number;
  at(i: number): number;
  constants: ReadonlyMap<number, number>;
} {
  const places = [...columns, ...constants.map(({ name }) => name)].map((name) =>
    /^x[1-9]\d*$/.test(name) ? Number(name.slice(1)) - 1 : -1,
  );
  const isWhole = new Set(places).size === places.length && Math.max(-1, ...places) === places.length - 1;
  if (constants.length === 0 || !isWhole || places.includes(-1)) {
    return { count: scale.length, at: (i) => i, constants: new Map() };
  }
  return {
    count: places.length,
    at: (i) => places[i]!,
    constants: new Map(constants.map(({ value }, i) => [places[columns.length + i]!, value])),
  };
}

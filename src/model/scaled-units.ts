/** A model that works on what trainings do: rows in scaled units, tiles of pictures. */
import type { FloatArray } from '../engine/index.ts';
import { unscaleInto } from '../samples/index.ts';
import type { Model } from './model.ts';
import { rowsOf, scaledRows, scalingOf } from './rows.ts';

/**
 * The same model, which takes and gives samples as `passes` gives them: scaled, and of pictures the tiles. Evaluations and pictures
 * work on these. A model of whole images takes them already.
 */
export function inScaledUnits(model: Model): Model {
  const { rows } = model.info;
  const { statistics, diagnosis, ofTiles } = model;
  if (ofTiles !== undefined) return { ...ofTiles, statistics, diagnosis };
  if (rows === null) return model;
  const scaling = scalingOf(rows);
  const original = (values: unknown) => {
    const scaled = rowsOf(values, rows.columns);
    const out = new Float32Array(scaled.length);
    unscaleInto(scaling, scaled, out);
    return out;
  };
  const scaled = ({ data, shape }: FloatArray): FloatArray => ({ data: scaledRows(rows, data), shape });
  return {
    ...model,
    encode: (given, told) => model.encode(original(given), told),
    posterior: (given, told) => model.posterior(original(given), told),
    drawPosterior: (given, draws) => model.drawPosterior(original(given), draws),
    decode: async (codes, told) => scaled(await model.decode(codes, told)),
    reconstruct: async (given, told) => scaled(await model.reconstruct(original(given), told)),
  };
}

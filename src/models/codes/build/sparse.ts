/** What the graphs of all sparse codes have: their input, their dictionary, and the part of the loss that revives dead units. */
import { type Sym, sub } from '../../../graph/index.ts';
import { fromDictionary, type Network, revival, type SparseInput, sparseInput } from '../../../nn/index.ts';
import type { PartSymbol } from '../../part.ts';
import type { BuiltModel, Code } from '../kind.ts';
import { REVIVAL } from '../sparse-settings.ts';

interface SparseConfig {
  units: number;
  revival: { weight: number; after: number };
}

/** Dead units that are tried at a step; each costs as much as a unit. */
const MOST_TRIED = 256;

export const dictionary = (net: Network, code: Sym, _: unknown, values: number): Sym =>
  fromDictionary(net, code, values);

/** @param choose from (x − b) Eᵀ + c, [N, units], to the code; further parts of the loss are its own. */
export function sparseCode(
  net: Network,
  x: Sym,
  config: SparseConfig,
  choose: (h: Sym) => { code: Sym; parts?: (net: Network, model: BuiltModel) => PartSymbol[] },
): Code {
  const input = sparseInput(net, x, config.units);
  const place = net.place;
  const { code, parts } = choose(input.preActivation);
  return {
    value: code,
    plain: code,
    parts: (net, model) => [
      ...(parts?.(net, model) ?? []),
      ...(config.revival.weight === 0
        ? []
        : [net.at(place, () => revivalPart(net, { input, code, model }, config))]),
    ],
  };
}

function revivalPart(
  net: Network,
  { input, code, model }: { input: SparseInput; code: Sym; model: BuiltModel },
  { units, revival: { weight, after } }: SparseConfig,
): PartSymbol {
  const values = model.image.shape[1] as number;
  const tried = Math.min(units, MOST_TRIED);
  const settings = { after, tried, chosen: Math.min(tried, Math.max(1, Math.round(values / 2))) };
  const error = sub(model.image, model.output.image);
  return {
    name: REVIVAL,
    definition:
      'squared error that dead units leave of the error of the reconstruction, summed over values, mean over images; 0 where none is dead, and outside of training',
    unit: 'SE per image',
    weight,
    couplesImages: true,
    symbol: net.mean(revival(net, { input, code, error }, settings)),
  };
}

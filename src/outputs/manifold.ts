/** A plane of the code as a picture with its axes, or as an array. */
import { encodeNpy } from '../codecs/npy.ts';
import type { Manifold } from '../model/apply/manifold.ts';
import type { Model } from '../model/model.ts';
import { svgToPng } from '../raster/index.ts';
import { imageGrid } from '../render/index.ts';
import { writeWhole } from '../store/index.ts';
import type { Destination } from './destination.ts';
import type { Written } from './sink.ts';

export async function saveManifold(
  { format, path, force }: Destination,
  model: Model,
  plane: Manifold,
  light: boolean,
): Promise<Written> {
  const { data, shape } = plane.images;
  const bytes =
    format === 'npy' ? encodeNpy({ data, shape: [...shape] }) : await svgToPng(picture(model, plane, light));
  await writeWhole(path!, bytes, { force });
  const what =
    format === 'npy' ? `float32 [${shape.join(', ')}]` : `a picture of ${shape[1]} × ${shape[0]} points`;
  return { files: [path!], what, notes: [] };
}

function picture({ info }: Model, { images, x, y, units, note }: Manifold, light: boolean): string {
  const { channels, height, width } = info.image;
  // As many decimals as tell neighbours apart.
  const step = Math.min(...[x, y].flatMap((at) => at.slice(1).map((value, i) => Math.abs(value - at[i]!))));
  const decimals = Math.min(4, Math.max(1, Math.ceil(-Math.log10(step || 1)) + 1));
  const ticks = (at: readonly number[]) => {
    const every = Math.max(1, Math.round(at.length / 7));
    return at.map((value, i) =>
      i % every === 0 || i === at.length - 1
        ? value
            .toFixed(decimals)
            .replace('-', '−')
            .replace(/^−(0\.?0*)$/, '$1')
        : '',
    );
  };
  const axis = (unit: number, at: readonly number[]) => ({
    label: `code unit ${unit + 1}`,
    ticks: ticks(at),
  });
  return imageGrid({
    title: `${info.recipe}: decoded points of the code${info.codeUnits > 2 ? ', the other units at their mean' : ''}`,
    subtitle: `trained on ${info.dataset}; ${note}`,
    images: images.data,
    columns: x.length,
    rows: y.length,
    ...{ height, width, channels: channels as 1 | 3, light },
    xAxis: axis(units[0]!, x),
    ...(units.length > 1 ? { yAxis: axis(units[1]!, y) } : {}),
    gap: 0,
  });
}

import type { MapShape } from '../metrics/index.ts';
import type { Model } from './interface.ts';

/** What maps of anomaly scores are computed by: sizes of filters follow what the network sees at once. */
export const mapShape = ({ info: { image, tiles } }: Pick<Model, 'info'>): MapShape => ({
  ...image,
  ...(tiles === undefined ? {} : { seen: tiles.side }),
});

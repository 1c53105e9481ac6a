/** Windows of pictures as samples: at other places in each epoch to train on, at fixed ones to measure on. */
import { evenly } from './blocks.ts';
import type { LabelledSource } from './source.ts';
import { type SampleSpec, type StoredValues, storedArray, valuesOf } from './spec.ts';
import { type Corner, cut, gridOf, type PictureSize, type Tiles } from './tiles.ts';

/** Windows of a training epoch: about so many, of few pictures; of more pictures one of each. */
const IN_EPOCH = 1000;
/** Fixed windows of a split, at most: more are spread evenly over its pictures. */
const MOST_FIXED = 1000;
/** Values of pictures that are held to cut windows out of them. */
const HELD_VALUES = 2 ** 24;

const sizeOfSpec = ({ shape }: SampleSpec): PictureSize => {
  const [channels, height, width] = shape as [number, number, number];
  return { channels, height, width };
};

/** The windows that a training draws from each picture in an epoch: as many as cover it, if the pictures are few. */
export function windowsInEpoch({ spec, count }: LabelledSource, { side }: Tiles): number {
  const covering = gridOf(sizeOfSpec(spec), { side, overlap: 0 }).length;
  return Math.min(covering, Math.max(1, Math.ceil(IN_EPOCH / count)));
}

/**
 * Windows at random places, others in each epoch; the same in every run. Places beyond an edge count as the edge, so that pixels
 * there are seen about as often as others. A picture that is not in memory is read again for each batch with a window of it.
 */
export function trainingTiles(pictures: LabelledSource, tiles: Tiles): LabelledSource {
  const { side } = tiles;
  const { height, width } = sizeOfSpec(pictures.spec);
  const each = windowsInEpoch(pictures, tiles);
  const along = (length: number, share: number) => {
    const margin = side / 4;
    const place = Math.floor(share * (length - side + 1 + 2 * margin) - margin);
    return Math.min(length - side, Math.max(0, place));
  };
  const ofEpoch = (epoch: number): LabelledSource =>
    windows(pictures, tiles, pictures.count * each, (sample) => {
      const picture = Math.floor(sample / each);
      const [down, across] = twoShares(picture, sample % each, epoch);
      return { picture, top: along(height, down), left: along(width, across) };
    });
  return { ...ofEpoch(0), ofEpoch };
}

/** The windows that cover each picture without overlapping more than they must; at most 1,000 of them. */
export function fixedTiles(pictures: LabelledSource, tiles: Tiles): LabelledSource {
  const grid = gridOf(sizeOfSpec(pictures.spec), { side: tiles.side, overlap: 0 });
  const all = evenly(pictures.count * grid.length, undefined, MOST_FIXED);
  return windows(pictures, tiles, all.length, (sample) => ({
    picture: Math.floor(all[sample]! / grid.length),
    ...grid[all[sample]! % grid.length]!,
  }));
}

type Place = Corner & { picture: number };

function windows(
  pictures: LabelledSource,
  { side, overlap }: Tiles,
  count: number,
  placeOf: (sample: number) => Place,
): LabelledSource {
  const { spec, labels, names, identity, blocks } = pictures;
  const size = sizeOfSpec(spec);
  const [whole, part] = [valuesOf(spec), size.channels * side * side];
  const pictureOf = Uint32Array.from({ length: count }, (_, i) => placeOf(i).picture);
  const held = Math.max(1, Math.floor(HELD_VALUES / whole));
  return {
    spec: { ...spec, shape: [size.channels, side, side] },
    count,
    labels: Uint8Array.from(pictureOf, (picture) => labels[picture]!),
    ...(names === undefined ? {} : { names: Array.from(pictureOf, (picture) => names[picture]!) }),
    ...(identity === undefined
      ? {}
      : { identity: [...identity, new TextEncoder().encode(JSON.stringify([side, overlap, count]))] }),
    ...(blocks === undefined ? {} : { blocks: { ...blocks, starts: startsOf(blocks.starts, pictureOf) } }),
    pictures,
    async read(indices, into) {
      const places = Array.from(indices, placeOf);
      const wanted = Uint32Array.from(new Set(places.map(({ picture }) => picture)));
      for (let first = 0; first < wanted.length; first += held) {
        const some = wanted.slice(first, first + held);
        const stored = storedArray(spec, some.length);
        await pictures.read(some, stored);
        const rows = new Map(Array.from(some, (picture, row) => [picture, row]));
        for (const [i, place] of places.entries()) {
          const row = rows.get(place.picture);
          if (row === undefined) continue;
          const picture = stored.subarray(row * whole, (row + 1) * whole) as StoredValues;
          cut(picture, size, place, side, into, i * part);
        }
      }
    },
  };
}

/** Where the windows of each block of pictures begin; `pictureOf` ascends. A block without windows is left out. */
function startsOf(starts: Uint32Array, pictureOf: Uint32Array): Uint32Array {
  const found: number[] = [];
  let at = 0;
  for (const start of starts) {
    while (at < pictureOf.length && pictureOf[at]! < start) at++;
    if (at < pictureOf.length && at !== found.at(-1)) found.push(at);
  }
  return Uint32Array.from(found);
}

/** Two numbers from 0 to 1 that follow from three whole ones: rounds of the mixer of MurmurHash 3. */
function twoShares(picture: number, window: number, epoch: number): [number, number] {
  let state = 0x9e3779b9;
  const mix = (value: number): number => {
    let t = (state ^ value) >>> 0;
    t = Math.imul(t ^ (t >>> 16), 0x85ebca6b);
    t = Math.imul(t ^ (t >>> 13), 0xc2b2ae35);
    state = (t ^ (t >>> 16)) >>> 0;
    return state / 2 ** 32;
  };
  mix(picture);
  mix(window + 0x10000);
  return [mix(epoch + 0x20000), mix(0x30000)];
}

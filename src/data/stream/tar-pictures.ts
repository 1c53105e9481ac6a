/** The pictures of a shard of WebDataset, one for each sample: files whose names are the same up to the first dot. */
import { HourglassError } from '../../errors.ts';
import { isImageName } from '../images/formats.ts';
import { LARGEST_FILE } from '../images/preprocessing.ts';
import { type TarFile, tarFiles } from './tar-index.ts';

export interface TarPicture {
  /** The archive's path, then the name in it. */
  readonly name: string;
  /** Where in the archive its bytes begin, and how many there are. */
  readonly offset: number;
  readonly size: number;
  /** A copy of its bytes, if they are few; otherwise null. */
  readonly content: Uint8Array | null;
  /** What the sample's label says; null if it has none. */
  readonly class: string | null;
  /** The folder that the picture is in; null at the top of the archive. */
  readonly folder: string | null;
}

/**
 * In the order of the archive; only one sample is held at a time.
 * @param onBad gets the error of a damaged archive, whose pictures before the damage are given. Default: it is thrown.
 * @throws HourglassError (data) naming the archive or the picture in it.
 */
export function* tarPictures(
  shard: string,
  onBad?: (error: HourglassError) => void,
  withContent = false,
): Generator<TarPicture> {
  let key: string | null = null;
  let picture: TarPicture | null = null;
  let label: string | null = null;
  let damage: unknown = null;
  const files = tarFiles(shard, onBad);
  for (;;) {
    let file: TarFile | undefined;
    try {
      file = files.next().value ?? undefined;
    } catch (error) {
      // The sample before the damage is whole.
      damage = error;
    }
    const own = file === undefined ? null : keyOf(file.name);
    if (own !== key || file === undefined) {
      if (picture !== null) yield { ...picture, class: label };
      [key, picture, label] = [own, null, null];
    }
    if (damage !== null) throw damage;
    if (file === undefined) return;
    const { name, offset, size, content } = file;
    if (/\.(cls|label)(\.txt)?$/i.test(name)) label = textOf(content()) ?? label;
    else if (/\.json$/i.test(name)) label ??= labelIn(content());
    else if (isImageName(name) && picture === null) {
      if (size > LARGEST_FILE) {
        throw new HourglassError('data', {
          subject: `${shard}/${name}`,
          rule: `must be at most ${LARGEST_FILE} bytes`,
          got: size,
        });
      }
      picture = {
        ...{ name: `${shard}/${name}`, offset, size, class: null },
        folder: name.split('/').at(-2) ?? null,
        content: withContent ? copied(content()) : null,
      };
    }
  }
}

/** Not `slice`: of a Buffer that is a view of the same bytes. */
const copied = (bytes: Uint8Array | null): Uint8Array | null => bytes && Uint8Array.from(bytes);

/** A name up to the first dot of its last part. */
const keyOf = (name: string): string => /^(.*\/)?[^/.]*/.exec(name)![0];

const textOf = (content: Uint8Array | null): string | null =>
  content === null ? null : new TextDecoder().decode(content).trim().slice(0, 100) || null;

function labelIn(content: Uint8Array | null): string | null {
  if (content === null) return null;
  try {
    const value = JSON.parse(new TextDecoder().decode(content)) as Record<string, unknown> | null;
    const label = value?.label ?? value?.class ?? value?.cls;
    return typeof label === 'string' || typeof label === 'number' ? String(label).slice(0, 100) : null;
  } catch {
    return null;
  }
}

/** One code as each class of a conditional model: pictures of which one is chosen. */
import { ImageTile } from './images/image-tile.tsx';
import type { Look } from './images/pixels.ts';

/** More are chosen from a list alone. */
export const MOST_IN_STRIP = 40;

export function ClassStrip({
  classes,
  pictures,
  look,
  chosen,
  own,
  onChoose,
}: {
  classes: readonly string[];
  /** One for each class; null while there are none. */
  pictures: readonly Float32Array[] | null;
  look: Look;
  chosen: string | null;
  /** The class of the image itself, if it is known. */
  own: string | null;
  onChoose(name: string): void;
}) {
  return (
    <ul class="class-strip">
      {classes.map((name, i) => (
        <li key={name}>
          <button
            type="button"
            class="picture"
            aria-pressed={name === chosen}
            aria-label={`As class ${name}${name === own ? ', its own' : ''}`}
            onClick={() => onChoose(name)}
          >
            <ImageTile values={pictures?.[i] ?? null} look={look} name="" size={48} />
            <span>{name}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** The classes of a conditional model as a list, before them what holds where none is chosen. */
export function ClassChoice({
  label,
  classes,
  chosen,
  otherwise,
  onChoose,
}: {
  label: string;
  classes: readonly string[];
  chosen: string | null;
  otherwise: string;
  onChoose(name: string | null): void;
}) {
  return (
    <label>
      {label}{' '}
      <select
        value={chosen === null ? '' : `=${chosen}`}
        onChange={({ currentTarget: { value } }) => onChoose(value === '' ? null : value.slice(1))}
      >
        <option value="">{otherwise}</option>
        {classes.map((name) => (
          <option key={name} value={`=${name}`}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

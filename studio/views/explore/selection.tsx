/** What a lasso holds: how many of each class, the images, their mean, and the picture of their mean code. */
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { csv, fileName, savePicture, saveTable } from '../../parts/downloads.ts';
import { ImageTile } from '../../parts/images/image-tile.tsx';
import { meanImage, sheet } from '../../parts/images/pixels.ts';
import { asClass } from '../../parts/told.ts';
import { ClassCounts, NothingSelected } from './class-counts.tsx';
import { codeOf, finite } from './codes.ts';
import type { ImageExplorer } from './images.ts';
import { setParameters } from './settings.ts';

const SHOWN = 60;
/** More would make a picture that programs refuse. */
const MOST_IN_SHEET = 2500;

/** One of the samples whose label most of them have; null for none. */
function mostFrequent(chosen: readonly number[], labels: Uint8Array): number | null {
  const counts = new Uint32Array(256);
  let best: number | null = null;
  for (const i of chosen) {
    const count = ++counts[labels[i]!]!;
    if (best === null || count > counts[labels[best]!]!) best = i;
  }
  return best;
}

export function Selection({ explorer, name }: { explorer: ImageExplorer; name: string }) {
  const { set, codes, look, model } = explorer;
  const chosen = explorer.chosen.value;
  const mean = useMemo(() => (chosen.length === 0 ? null : meanImage(set, chosen)), [chosen, set]);
  const decoded = useSignal<Float32Array | null>(null);
  const as = explorer.classFor(mostFrequent(chosen, set.labels));
  useEffect(() => {
    decoded.value = null;
    if (chosen.length === 0) return;
    const code = new Float32Array(codes.units);
    for (const i of chosen) {
      for (let u = 0; u < code.length; u++) code[u]! += codes.values[i * code.length + u]! / chosen.length;
    }
    let late = false;
    model.decode(finite(code), asClass(as)).then(
      ({ data }) => {
        if (!late) decoded.value = data as Float32Array;
      },
      () => {},
    );
    return () => {
      late = true;
    };
  }, [chosen, codes, model, decoded, as]);
  if (chosen.length === 0) {
    return <NothingSelected />;
  }
  const save = (extension: string) => `${fileName(name)}-selection.${extension}`;
  return (
    <>
      <p>
        <b>{chosen.length.toLocaleString('en')}</b> {chosen.length === 1 ? 'image' : 'images'} selected
      </p>
      <div class="row">
        <button
          type="button"
          onClick={() =>
            savePicture(
              sheet(
                chosen.slice(0, MOST_IN_SHEET).map((i) => explorer.sampleOf(i)),
                look,
                { columns: Math.ceil(Math.sqrt(Math.min(MOST_IN_SHEET, chosen.length))) },
              ),
              save('png'),
            )
          }
        >
          Download PNG
        </button>
        <button
          type="button"
          onClick={() =>
            saveTable(
              csv(
                ['index', 'class', ...Array.from({ length: codes.units }, (_, u) => `code_${u}`)],
                chosen.map((i) => [i, explorer.hasClasses ? explorer.className(i) : '', ...codeOf(codes, i)]),
              ),
              save('csv'),
            )
          }
        >
          Download CSV
        </button>
        <button type="button" onClick={() => setParameters({ lasso: null })}>
          Clear
        </button>
      </div>
      {chosen.length > MOST_IN_SHEET && (
        <p class="soft">The PNG holds the first {MOST_IN_SHEET.toLocaleString('en')}.</p>
      )}
      <div class="pictures">
        <figure>
          <ImageTile values={mean} look={look} name="Mean of the images" size={96} />
          <figcaption>mean of the images</figcaption>
        </figure>
        <figure>
          <ImageTile values={decoded.value} look={look} name="Picture of the mean code" size={96} />
          <figcaption>mean code, decoded</figcaption>
        </figure>
      </div>
      <ClassCounts explorer={explorer} />
      <ul class="tiles sheet">
        {chosen.slice(0, SHOWN).map((i) => (
          <li key={i}>
            <button
              type="button"
              class="picture"
              aria-label={`Image ${i}${explorer.hasClasses ? `, class ${explorer.className(i)}` : ''}`}
              onClick={() => explorer.select(i)}
            >
              <ImageTile values={explorer.sampleOf(i)} look={look} name="" size={36} />
            </button>
          </li>
        ))}
      </ul>
      {chosen.length > SHOWN && (
        <p class="soft">and {(chosen.length - SHOWN).toLocaleString('en')} more, in the downloads</p>
      )}
    </>
  );
}

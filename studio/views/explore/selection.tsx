/** What a lasso holds: how many of each class, the images, their mean, and the picture of their mean code. */
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { csv, fileName, savePicture, saveTable } from '../../parts/downloads.ts';
import { classColour } from '../../parts/ground.ts';
import { ImageTile } from '../../parts/images/image-tile.tsx';
import { meanImage, sheet } from '../../parts/images/pixels.ts';
import { codeOf, finite } from './codes.ts';
import type { Explorer } from './explorer.ts';
import { setParameters } from './settings.ts';

const SHOWN = 60;
/** More would make a picture that programs refuse. */
const MOST_IN_SHEET = 2500;

export function Selection({ explorer, name }: { explorer: Explorer; name: string }) {
  const { set, codes, look, model } = explorer;
  const chosen = explorer.chosen.value;
  const counts = useMemo(() => {
    const found = new Map<number, number>();
    for (const i of chosen) found.set(set.labels[i]!, (found.get(set.labels[i]!) ?? 0) + 1);
    return [...found].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  }, [chosen, set]);
  const mean = useMemo(() => (chosen.length === 0 ? null : meanImage(set, chosen)), [chosen, set]);
  const decoded = useSignal<Float32Array | null>(null);
  useEffect(() => {
    decoded.value = null;
    if (chosen.length === 0) return;
    const code = new Float32Array(codes.units);
    for (const i of chosen) {
      for (let u = 0; u < code.length; u++) code[u]! += codes.values[i * code.length + u]! / chosen.length;
    }
    let late = false;
    model.decode(finite(code)).then(
      ({ data }) => {
        if (!late) decoded.value = data as Float32Array;
      },
      () => {},
    );
    return () => {
      late = true;
    };
  }, [chosen, codes, model, decoded]);
  if (chosen.length === 0) {
    return (
      <p class="soft">
        Nothing is selected. Choose the tool “Lasso” and draw around dots; with keys, press B on the plane for
        the first corner of a box, walk, and press B again.
      </p>
    );
  }
  const most = counts[0]![1];
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
                chosen.slice(0, MOST_IN_SHEET).map((i) => explorer.imageOf(i)),
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
      {explorer.hasClasses && (
        <table class="counts">
          <caption class="unseen">Images by class</caption>
          <tbody>
            {counts.slice(0, 20).map(([label, count]) => (
              <tr key={label}>
                <th scope="row">{set.classes[label] || label}</th>
                <td>{count.toLocaleString('en')}</td>
                <td class="bar">
                  <span style={{ width: `${(100 * count) / most}%`, background: classColour(label) }} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {counts.length > 20 && <p class="soft">and {counts.length - 20} other classes</p>}
      <ul class="tiles sheet">
        {chosen.slice(0, SHOWN).map((i) => (
          <li key={i}>
            <button
              type="button"
              class="picture"
              aria-label={`Image ${i}${explorer.hasClasses ? `, class ${explorer.className(i)}` : ''}`}
              onClick={() => explorer.select(i)}
            >
              <ImageTile values={explorer.imageOf(i)} look={look} name="" size={36} />
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

/** The code that is decoded now, as each class of a conditional model. A click decodes all codes as that class. */
import { effect, useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { ClassStrip, MOST_IN_STRIP } from '../../parts/class-strip.tsx';
import { newestWins } from '../../parts/newest.ts';
import { finite } from './codes.ts';
import type { ImageExplorer } from './images.ts';
import { setParameters } from './settings.ts';

export function EachClass({ explorer }: { explorer: ImageExplorer }) {
  const { classes, model, look } = explorer;
  const pictures = useSignal<readonly Float32Array[] | null>(null);
  const isShown = classes.length > 0 && classes.length <= MOST_IN_STRIP;
  // While one is decoded, of those that the pointer passes only the newest waits.
  const decode = useMemo(
    () =>
      newestWins<Float32Array>(
        async (code) => {
          const rows = new Float32Array(classes.length * code.length);
          for (const i of classes.keys()) rows.set(finite(code.slice()), i * code.length);
          const { data } = await model.decode(rows, { classes });
          pictures.value = classes.map((_, i) => explorer.decodedAt(data as Float32Array, i));
        },
        (error) => {
          explorer.failure.value = error.message;
        },
      ),
    [explorer, classes, model, pictures],
  );
  useEffect(
    () => (isShown ? effect(() => decode(explorer.code.value)) : undefined),
    [explorer, decode, isShown],
  );
  if (!isShown) return null;
  const index = explorer.shown.value;
  const own = index === null ? null : explorer.className(index);
  return (
    <section aria-label="As each class">
      <h3>As each class</h3>
      <ClassStrip
        {...{ classes, look, own }}
        pictures={pictures.value}
        chosen={explorer.classFor(index)}
        onChoose={(name) => setParameters({ class: name === explorer.chosenClass ? null : name })}
      />
    </section>
  );
}

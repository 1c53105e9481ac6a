/** What a selection says of any samples: how many of each class, or that nothing is selected. */
import { useMemo } from 'preact/hooks';
import { classColour } from '../../parts/ground.ts';
import type { Explorer } from './explorer.ts';

const MOST = 20;

export function ClassCounts({ explorer }: { explorer: Explorer }) {
  const { set } = explorer;
  const chosen = explorer.chosen.value;
  const counts = useMemo(() => {
    const found = new Map<number, number>();
    for (const i of chosen) found.set(set.labels[i]!, (found.get(set.labels[i]!) ?? 0) + 1);
    return [...found].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  }, [chosen, set]);
  if (!explorer.hasClasses) return null;
  const most = counts[0]?.[1] ?? 1;
  return (
    <>
      <table class="counts">
        <caption class="unseen">{explorer.worded('Images by class')}</caption>
        <tbody>
          {counts.slice(0, MOST).map(([label, count]) => (
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
      {counts.length > MOST && <p class="soft">and {counts.length - MOST} other classes</p>}
    </>
  );
}

export const NothingSelected = () => (
  <p class="soft">
    Nothing is selected. Choose the tool “Lasso” and draw around dots; with keys, press B on the plane for the
    first corner of a box, walk, and press B again.
  </p>
);

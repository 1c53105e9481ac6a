/** Some columns of what is decoded, and of the row under the pointer, beside the place on the plane. */
import { useCallback } from 'preact/hooks';
import { decodeRow } from '../../../../src/tables/decode.ts';
import { cellText } from '../../../parts/rows/cells.ts';
import { Float } from '../float.tsx';
import type { PlaneView } from '../plane-view.ts';
import type { RowExplorer } from './explorer.ts';

const MOST = 4;
const SIZE = { width: 212, height: 26 + MOST * 18 };

export function RowFloat({ explorer, view }: { explorer: RowExplorer; view: PlaneView }) {
  const { encoding } = explorer.set;
  const decoded = view.projection.codeAt === null ? null : explorer.decoded.value;
  const index = explorer.hovered.value;
  const fill = useCallback(() => {
    const isEmpty = view.projection.codeAt === null || explorer.decoded.value === null;
    return isEmpty && explorer.hovered.value === null ? null : SIZE;
  }, [explorer, view]);
  const here = decoded === null ? null : decodeRow(encoding, decoded.values);
  const own = index === null ? null : decodeRow(encoding, explorer.sampleOf(index));
  return (
    <Float view={view} fill={fill}>
      <table>
        <thead>
          <tr>
            <th />
            {here !== null && <td>decoded</td>}
            {own !== null && <td>{explorer.titleOf(index!)}</td>}
          </tr>
        </thead>
        <tbody>
          {explorer.order.value.slice(0, MOST).map((at) => (
            <tr key={at}>
              <th>{encoding.columns[at]!.name}</th>
              {here !== null && <td>{cellText(here[at]!)}</td>}
              {own !== null && <td>{cellText(own[at]!)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </Float>
  );
}

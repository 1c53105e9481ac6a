import type { ViewProps } from '../../app.tsx';

export function Compare(_: ViewProps) {
  return <h2>Compare</h2>;
}

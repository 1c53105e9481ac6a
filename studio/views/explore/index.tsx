import type { ViewProps } from '../../app.tsx';

export function Explore(_: ViewProps) {
  return <h2>Explore</h2>;
}

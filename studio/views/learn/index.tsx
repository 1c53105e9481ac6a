import type { ViewProps } from '../../app.tsx';

export function Learn(_: ViewProps) {
  return <h2>Learn</h2>;
}

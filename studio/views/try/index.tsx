import type { ViewProps } from '../../app.tsx';

export function Try(_: ViewProps) {
  return <h2>Try</h2>;
}

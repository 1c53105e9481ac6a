import type { ViewProps } from '../../app.tsx';

export function Train(_: ViewProps) {
  return <h2>Train</h2>;
}

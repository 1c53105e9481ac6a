/** A part of a view that is loaded when it is first shown: the first page stays small. */
import type { ComponentType, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { onReturn } from '../host/connection.ts';

export function Later<Props>({
  load,
  render,
}: {
  /** The same function each time. */
  load: () => Promise<ComponentType<Props>>;
  render: (Part: ComponentType<Props>) => JSX.Element;
}) {
  const [loaded, setLoaded] = useState<{ Part: ComponentType<Props> } | string | null>(null);
  useEffect(() => {
    let isGone = false;
    const begin = () =>
      load().then(
        (Part) => isGone || setLoaded({ Part }),
        (error: Error) => isGone || setLoaded(error.message),
      );
    void begin();
    const end = onReturn(() => void begin());
    return () => {
      isGone = true;
      end();
    };
  }, [load]);
  if (loaded === null) return null;
  if (typeof loaded === 'string') return <p class="failed">{`This part cannot be loaded: ${loaded}`}</p>;
  return render(loaded.Part);
}

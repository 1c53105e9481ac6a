/** The panels beside the plane: one is open. */
import type { JSX } from 'preact';
import type { Explorer } from './explorer.ts';
import { PANELS, type Panel, panel, setParameters } from './settings.ts';

export interface PanelPart {
  readonly title: string;
  readonly part: JSX.Element;
}

export function Panels({
  explorer,
  panels,
}: {
  explorer: Explorer;
  /** Those that the samples have. */
  panels: Readonly<Partial<Record<Panel, PanelPart>>> & { readonly image: PanelPart };
}) {
  const open = panels[panel()] ?? panels.image;
  const selected = explorer.chosen.value.length;
  return (
    <>
      <nav class="panels" aria-label="Panels">
        {PANELS.map((each) => {
          const found = panels[each];
          if (found === undefined) return null;
          return (
            <button
              key={each}
              type="button"
              aria-pressed={found === open}
              onClick={() => setParameters({ panel: each === 'image' ? null : each })}
            >
              {found.title}
              {each === 'selection' && selected > 0 && ` (${selected.toLocaleString('en')})`}
            </button>
          );
        })}
      </nav>
      <div class="panel">{open.part}</div>
    </>
  );
}

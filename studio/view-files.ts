/**
 * The files of the views, fetched before they are imported. A browser remembers an import that failed and never asks again, so a
 * view that was opened without a network would be lost until the page is loaded anew, and with it the trainings in the page.
 */
import type { View } from './view-names.ts';

/** By view, as scripts/studio.js wrote them into the page; none where the page was not built by it. */
const files: Partial<Record<View, readonly string[]>> = JSON.parse(
  document.getElementById('view-files')?.textContent ?? '{}',
);

/** @throws Error (as fetch does) for a file that does not arrive. */
export async function fetchFiles(view: View): Promise<void> {
  await Promise.all(
    (files[view] ?? []).map(async (file) => {
      const answer = await fetch(new URL(file, document.baseURI));
      if (!answer.ok) throw new Error(`${file}: the server answers ${answer.status}`);
      await answer.arrayBuffer();
    }),
  );
}

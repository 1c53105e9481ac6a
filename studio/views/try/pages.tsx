/** A long list, a page at a time; the page is in the address. */
import { parameter, setParameters } from '../../address.ts';

/** Those of the page that is shown, and the part that leads to the others. */
export function pageOf(order: Uint32Array, size: number) {
  const pages = Math.ceil(order.length / size);
  const page = Math.min(pages, Math.max(1, Math.round(Number(parameter('page')) || 1)));
  return { shown: [...order.subarray((page - 1) * size, page * size)], turn: <Turn {...{ page, pages }} /> };
}

function Turn({ page, pages }: { page: number; pages: number }) {
  if (pages < 2) return null;
  const to = (next: number) => setParameters({ page: next === 1 ? null : next });
  return (
    <div class="pages">
      <button type="button" disabled={page === 1} onClick={() => to(page - 1)}>
        Previous
      </button>
      <span role="status">{`Page ${page} of ${pages}`}</span>
      <button type="button" disabled={page === pages} onClick={() => to(page + 1)}>
        Next
      </button>
    </div>
  );
}

/** How far something has come. */
export interface Doing {
  readonly what: string;
  readonly done: number;
  /** 0: it is not known how much there is. */
  readonly of: number;
}

export function Progress({ doing, onCancel }: { doing: Doing | null; onCancel?: () => void }) {
  const { what, done, of } = doing ?? { what: 'Loading', done: 0, of: 0 };
  return (
    <div class="progress" role="status">
      <div>
        {what}
        {of > 0 && ` · ${done.toLocaleString('en')} of ${of.toLocaleString('en')}`}
        {of > 0 ? <progress aria-label={what} value={done} max={of} /> : <progress aria-label={what} />}
      </div>
      {onCancel !== undefined && (
        <button type="button" onClick={onCancel}>
          Cancel
        </button>
      )}
    </div>
  );
}

/** Work done side by side, its results in order. */

/**
 * `work` on each item, at most `width` at a time; a result waits for those before it. The first failure, in that
 * order, ends it.
 */
export async function* mapInOrder<T, R>(
  items: AsyncIterable<T> | Iterable<T>,
  work: (item: T) => Promise<R>,
  width: number,
): AsyncGenerator<R, void, undefined> {
  // None rejects, as nobody may be listening yet.
  const running: Promise<{ value: R } | { failure: unknown }>[] = [];
  const next = async (): Promise<R> => {
    const result = await running.shift()!;
    if ('failure' in result) throw result.failure;
    return result.value;
  };
  for await (const item of items) {
    running.push(
      work(item).then(
        (value) => ({ value }),
        (failure: unknown) => ({ failure }),
      ),
    );
    if (running.length >= width) yield await next();
  }
  while (running.length > 0) yield await next();
}

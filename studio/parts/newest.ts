/** Work that follows a pointer: one piece at a time, and of those that come meanwhile the newest alone. */

/** What is passed over is never begun. A failure goes to `onError`, and the next piece is begun all the same. */
export function newestWins<T>(
  work: (given: T) => Promise<void>,
  onError: (error: Error) => void = () => {},
): (given: T) => void {
  let running = false;
  let next: { given: T } | undefined;
  const run = async () => {
    running = true;
    while (next !== undefined) {
      const { given } = next;
      next = undefined;
      try {
        await work(given);
      } catch (error) {
        onError(error as Error);
      }
    }
    running = false;
  };
  return (given) => {
    next = { given };
    if (!running) void run();
  };
}

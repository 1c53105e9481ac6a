/** Calls of the module that may be suspended. */

export type InTurn = <T>(call: () => T | Promise<T>) => Promise<T>;

/** Runs calls of a module one after the other: what is suspended must not be entered again. */
export function inTurns(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (call) => {
    const next = last.then(call);
    last = next.catch(() => {});
    return next;
  };
}

/**
 * Gives memory back once it is quiet. V8 collects when memory is asked for, so a thread that has nothing to do keeps the
 * arrays of its last requests for as long as nobody asks for more.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** After how many milliseconds without large work. */
const QUIET = 2000;
/** Work of fewer bytes leaves nothing that is worth it. */
const LARGE = 2 ** 20;

type Collect = () => void;

/** The engine's collector; one that does nothing where it has none to offer, as in other runtimes. */
function collector(): Collect {
  try {
    setFlagsFromString('--expose-gc');
    const collect: unknown = runInNewContext('typeof gc === "function" ? gc : null');
    setFlagsFromString('--no-expose-gc');
    return typeof collect === 'function' ? (collect as Collect) : () => {};
  } catch {
    return () => {};
  }
}

let collect: Collect | undefined;
let timer: NodeJS.Timeout | undefined;

/** To be called after work with arrays of so many bytes in this thread. */
export function collectWhenQuiet(bytes: number): void {
  if (bytes < LARGE) return;
  clearTimeout(timer);
  timer = setTimeout(() => {
    collect ??= collector();
    collect();
  }, QUIET).unref();
}

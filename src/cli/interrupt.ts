/** Ctrl-C and SIGTERM: the first asks for an end in good order, the second is the end. */

/** Calls `first` at the first signal; the second ends the process. Gives back what ends the listening. */
export function onInterrupt(first: () => void): () => void {
  let asked = false;
  const listen = (signal: NodeJS.Signals) => {
    if (asked) return endAtOnce(signal);
    asked = true;
    first();
  };
  process.on('SIGINT', listen);
  process.on('SIGTERM', listen);
  return () => {
    process.off('SIGINT', listen);
    process.off('SIGTERM', listen);
  };
}

/** As the signal does by itself. `process.exit` aborts where a thread is in the middle of a run of ONNX Runtime. */
function endAtOnce(signal: NodeJS.Signals): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

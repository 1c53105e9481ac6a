/** Ctrl-C and SIGTERM: the first signal asks for a clean end, the second ends at once. */

/** Calls `first` at the first signal; the second ends the process. Returns a function that stops listening. */
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

/** Ends as the signal would without a handler. `process.exit` aborts if a thread is inside a run of ONNX Runtime. */
function endAtOnce(signal: NodeJS.Signals): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

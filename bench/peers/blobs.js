/** Scripts that a library for browsers makes into blobs, to start Web Workers from: here something else stands for each. */

/** @param urlOf gives what a blob's URL is to be, from its text. */
export function replaceBlobUrls(urlOf) {
  const sources = new WeakMap();
  globalThis.Blob = class extends globalThis.Blob {
    constructor(parts, options) {
      super(parts, options);
      sources.set(this, parts.join(''));
    }
  };
  URL.createObjectURL = (blob) => urlOf(sources.get(blob));
  URL.revokeObjectURL = () => {};
}

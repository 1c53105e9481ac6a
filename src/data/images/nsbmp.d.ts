/** The package's own types want a browser's `ImageData`. */
declare module '@cwasm/nsbmp' {
  /** RGBA, row by row from the top. */
  export function decode(bytes: Uint8Array): { width: number; height: number; data: Uint8ClampedArray };
}

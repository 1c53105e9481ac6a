/** Which files are IDX files by their names. A page asks as well. */

/** Whether a file is an IDX file by its name: `train-images-idx3-ubyte.gz`, `test.labels.idx1-ubyte`, `mine.idx`. */
export const isIdxName = (name: string): boolean => /(idx\d-u?byte|\.idx\d?)(\.gz)?$/i.test(name);

/** Runs `work`; where it fails, `undo` first, and then its error. */
export async function undoing<T>(undo: () => Promise<unknown>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await undo();
    throw error;
  }
}

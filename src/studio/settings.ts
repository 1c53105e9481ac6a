/** Values of a recipe by path, as `--set` and the page's form have them. */

type Tree = Readonly<Record<string, unknown>>;

/** The value at a path such as `training.optimiser.learningRate`; undefined where there is none. */
export function valueAt(tree: unknown, path: string): unknown {
  let value = tree;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Tree)[key];
  }
  return value;
}

/** A copy of a recipe with these values. */
export function withValues(config: Tree, set: Tree): Record<string, unknown> {
  const copy = structuredClone(config) as Record<string, unknown>;
  for (const [path, value] of Object.entries(set)) {
    const keys = path.split('.');
    const last = keys.pop()!;
    let parent = copy;
    for (const key of keys) {
      if (!Object.hasOwn(parent, key) || typeof parent[key] !== 'object' || parent[key] === null) {
        parent[key] = {};
      }
      parent = parent[key] as Record<string, unknown>;
    }
    Object.defineProperty(parent, last, { value, enumerable: true, writable: true, configurable: true });
  }
  return copy;
}

const keys = new WeakMap<File, number>();
let last = 0;

/** Tells files apart in a list, also those of one name. */
export function fileKey(file: File): number {
  const key = keys.get(file) ?? ++last;
  keys.set(file, key);
  return key;
}

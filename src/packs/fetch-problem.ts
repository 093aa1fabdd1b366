/** Why a file could not be fetched, in one sentence. `pullPack` adds which pack it was and what else can be done. */
export class FetchProblem extends Error {
  override readonly name = 'FetchProblem';
}

/** The bytes that came are not those of the catalogue. */
export class WrongBytes extends FetchProblem {}

/** Something went wrong on the way that may go right a moment later. */
export class PassingProblem extends FetchProblem {}

/** `ENOENT` and the like; undefined for errors without such a code. */
export function errnoOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

const diskReasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'your share of the disk is full',
  ENOTDIR: 'a part of the path is no folder',
  EEXIST: 'a file of that name is in the way',
  EISDIR: 'a folder of that name is in the way',
  EBUSY: 'another program uses it',
};

/** A failed write to `path`. */
export function diskProblem(path: string, cause: unknown): FetchProblem {
  const code = errnoOf(cause) ?? '';
  const reason = diskReasons[code] ?? (cause instanceof Error ? cause.message : String(cause));
  return new FetchProblem(`${path} cannot be written: ${reason}.`, { cause });
}

/** Runs `work`, whose failures are failures to write `path`. */
export async function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw cause instanceof FetchProblem ? cause : diskProblem(path, cause);
  }
}

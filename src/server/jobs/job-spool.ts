import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobSealer } from './job-store.ts';

/** The pictures of jobs until they are worked on: numbered files, sealed as the gallery is; no name from outside. */
export class JobSpool {
  readonly #folder: string;

  constructor(data: string) {
    this.#folder = join(data, 'jobs');
  }

  async write(job: string, number: number, bytes: Uint8Array, sealer: JobSealer): Promise<void> {
    await mkdir(join(this.#folder, job), { recursive: true, mode: 0o700 });
    await writeFile(this.#path(job, number), sealer.seal(bytes, contextOf(job, number)), {
      mode: 0o600,
      flag: 'wx',
    });
  }

  /** throws  Error for a picture that is gone, RangeError for one that was sealed by another key */
  async read(job: string, number: number, sealer: JobSealer): Promise<Uint8Array> {
    return sealer.unseal(await readFile(this.#path(job, number)), contextOf(job, number));
  }

  async remove(job: string, number: number): Promise<void> {
    await rm(this.#path(job, number), { force: true });
  }

  async removeAll(job: string): Promise<void> {
    await rm(join(this.#folder, job), { recursive: true, force: true });
  }

  /** What is left of uploads that never became a job. */
  async sweep(known: ReadonlySet<string>): Promise<void> {
    const names = await readdir(this.#folder).catch(() => []);
    for (const name of names) if (!known.has(name)) await this.removeAll(name);
  }

  #path(job: string, number: number): string {
    return join(this.#folder, job, String(number));
  }
}

function contextOf(job: string, number: number): string {
  return `picture ${number} of job ${job}`;
}

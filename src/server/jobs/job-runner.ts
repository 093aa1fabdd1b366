import { setTimeout as wait } from 'node:timers/promises';
import type { Job, JobResult } from '../../api/job-shapes.ts';
import { type ErrorCode, mapInOrder, type Recognizer } from '../../index.ts';
import type { OpenCollections } from '../open-collections.ts';
import { failureOf } from '../problems.ts';
import type { WorkQueue } from '../work-queue.ts';
import type { JobSpool } from './job-spool.ts';
import type { JobStore, PendingPicture } from './job-store.ts';

/** Told the id of a job that has changed. */
type Listener = (job: string) => void;

const LOCKED_WAIT_MS = 2000;
const LOCKED: ErrorCode = 'gallery_locked';

/** Works on jobs, one after the other, behind the requests of people who wait. */
export class JobRunner {
  readonly #store: JobStore;
  readonly #spool: JobSpool;
  readonly #collections: OpenCollections;
  readonly #queue: WorkQueue;
  readonly #atOnce: number;
  readonly #onFailure: (error: unknown) => void;
  readonly #listeners = new Set<Listener>();
  #isStopping = false;
  readonly #cancelled = new Set<string>();
  readonly #inWork = new Set<Promise<void>>();
  #running: Promise<void> = Promise.resolve();

  constructor(parts: {
    store: JobStore;
    spool: JobSpool;
    collections: OpenCollections;
    queue: WorkQueue;
    atOnce: number;
    /** The record of a job could not be written. */
    onFailure: (error: unknown) => void;
  }) {
    this.#store = parts.store;
    this.#spool = parts.spool;
    this.#collections = parts.collections;
    this.#queue = parts.queue;
    this.#atOnce = parts.atOnce;
    this.#onFailure = parts.onFailure;
  }

  /** Throws away what is left of uploads that never became a job. Before uploads can come. */
  async prepare(): Promise<void> {
    await this.#spool.sweep(new Set(this.#store.list().map(({ id }) => id)));
  }

  /** Goes on with what an earlier server has left. */
  start(): void {
    const unfinished = this.#store
      .list()
      .filter(({ status }) => status === 'running')
      .toReversed();
    for (const { id } of unfinished) this.add(id);
  }

  /** The job waits for those before it. */
  add(id: string): void {
    this.#cancelled.delete(id);
    this.#running = this.#running.then(() => this.#run(id)).catch(this.#onFailure);
  }

  /** When the pictures that are in work now have come to their end. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#inWork);
  }

  /** What was enrolled stays; pictures in work come to their end. */
  async cancel(id: string): Promise<void> {
    this.#cancelled.add(id);
    if (this.#store.find(id)?.status !== 'running') return;
    this.#store.end(id, 'cancelled');
    await this.#spool.removeAll(id);
    this.#tell(id);
  }

  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Pictures in work come to their end; the rest waits for the next start. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#running;
  }

  async #run(id: string): Promise<void> {
    const job = this.#store.find(id);
    if (this.#isStopping || job?.status !== 'running') return;
    try {
      const recognizer = await this.#collections.get(job.collection);
      const pending = this.#store.pending(id, recognizer.gallery);
      const results = mapInOrder(pending, this.#atOnce, (picture) =>
        this.#inWorkWhile(this.#enroll(job, recognizer, picture)),
      );
      for await (const _ of results) if (this.#isOver(id)) break;
      if (this.#isOver(id)) return;
      this.#store.end(id, 'done');
      await this.#spool.removeAll(id);
    } catch (error) {
      if (this.#isOver(id)) return;
      this.#store.end(id, 'failed', failureOf(error).code);
    }
    this.#tell(id);
  }

  #isOver(id: string): boolean {
    return this.#isStopping || this.#cancelled.has(id);
  }

  async #inWorkWhile(work: Promise<void>): Promise<void> {
    this.#inWork.add(work);
    try {
      await work;
    } finally {
      this.#inWork.delete(work);
    }
  }

  async #enroll(job: Job, recognizer: Recognizer, picture: PendingPicture): Promise<void> {
    if (this.#isOver(job.id)) return;
    const { number, file, person } = picture;
    const outcome = await this.#outcome(job, recognizer, picture);
    const result = { file, person, ...outcome };
    const finished = this.#store.finish(job.id, number, result, recognizer.gallery);
    await this.#spool.remove(job.id, number);
    if (finished !== null) this.#tell(job.id);
  }

  /** throws  what concerns the gallery and not this picture alone */
  async #outcome(
    { id }: Job,
    recognizer: Recognizer,
    { number, person }: PendingPicture,
  ): Promise<Omit<JobResult, 'picture' | 'file' | 'person'>> {
    const { largest, allowLookalikes } = this.#store.optionsOf(id);
    for (;;) {
      try {
        const bytes = await this.#spool.read(id, number, recognizer.gallery);
        const [enrollment] = await this.#queue.run(() =>
          recognizer.enroll(person, [bytes], { largest, allowLookalikes }),
        );
        const { source: _source, person: _person, ...rest } = enrollment!;
        return rest;
      } catch (error) {
        const { code, status, detail } = failureOf(error);
        if (code === LOCKED && !this.#isOver(id)) await wait(LOCKED_WAIT_MS);
        else if (isOfThePicture(error, status)) return { status: 'failed', reason: code, message: detail };
        else throw error;
      }
    }
  }

  #tell(job: string): void {
    for (const listener of this.#listeners) {
      try {
        listener(job);
      } catch (error) {
        // Whoever listens does not hold up the job.
        this.#onFailure(error);
      }
    }
  }
}

/** A name that is none, or a picture that is gone from the spool or was sealed by a key of before. */
function isOfThePicture(error: unknown, status: number): boolean {
  return status === 400 || (error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof RangeError;
}

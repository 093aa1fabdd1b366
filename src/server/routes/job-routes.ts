import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { Job, JobResults, Jobs } from '../../api/job-shapes.ts';
import { CollectionName, PersonName } from '../../api/shapes.ts';
import type { Access } from '../access.ts';
import type { App, ServerContext } from '../context.ts';
import { newJobId, type PendingPicture } from '../jobs/job-store.ts';
import { picturesOfForm, picturesOfZip, type ReceivedPicture } from '../jobs/receive-job.ts';
import { streamJob } from '../jobs/stream-job.ts';
import { RequestError } from '../problems.ts';
import { receiveFile, temporaryPath } from '../receive-file.ts';

const OfJob = Type.Object({ job: Type.String({ maxLength: 64 }) });
const tags = ['jobs'];
export const ZIP_TYPE = 'application/zip';

/** More would fill the disk with pictures that wait. */
const MOST_UNFINISHED = 20;
const MOST_STREAMS = 100;

/** Enrolling many pictures: uploaded at once, worked on behind the requests of people who wait. */
export function addJobRoutes(app: App, context: ServerContext, access: Access): void {
  const { settings, collections, jobs, audit } = context;
  const { store, spool, runner, streams } = jobs;
  let uploads = 0;
  const found = (id: string): Job => {
    const job = store.find(id);
    if (job === null) throw new RequestError('job_not_found', 'There is no such job');
    return job;
  };

  app.post(
    '/collections/:collection/jobs',
    {
      config: { scope: 'enroll', isJobUpload: true },
      schema: {
        operationId: 'createJob',
        tags,
        summary:
          'Enrols many pictures: a ZIP archive with one folder per person, or a form in which each picture belongs to ' +
          'the name before it. The job goes on by itself, also after a restart',
        params: Type.Object({ collection: CollectionName }),
        querystring: Type.Object(
          {
            name: Type.Optional(PersonName),
            largest: Type.Boolean({ default: false }),
            allowLookalikes: Type.Boolean({ default: false }),
          },
          { additionalProperties: false },
        ),
        response: { 202: Job },
      },
    },
    async (request, reply) => {
      const { collection } = request.params;
      const { name, largest, allowLookalikes } = request.query;
      const { gallery } = await collections.get(collection);
      if (uploads + store.list().filter(({ status }) => status === 'running').length >= MOST_UNFINISHED) {
        throw new RequestError('busy', `Expected at most ${MOST_UNFINISHED} unfinished jobs`, {
          retryAfterSeconds: 60,
        });
      }
      const id = newJobId();
      uploads++;
      try {
        const pending: PendingPicture[] = [];
        const tooLarge: number[] = [];
        for await (const { person, file, bytes } of received(request, name ?? null)) {
          const number = pending.length + 1;
          if (bytes === null) tooLarge.push(number);
          else await spool.write(id, number, bytes, gallery);
          pending.push({ number, person, file });
        }
        if (pending.length === 0)
          throw new RequestError('bad_request', 'Expected pictures but received none');
        const job = store.create(id, collection, { largest, allowLookalikes }, pending, gallery);
        for (const number of tooLarge) {
          const { file, person } = pending[number - 1]!;
          store.finish(id, number, { file, person, status: 'failed', reason: 'image_too_large' }, gallery);
        }
        audit.note(request, 'create_job', { subject: id, count: job.total });
        runner.add(id);
        return reply.code(202).header('location', `/v1/jobs/${id}`).send(found(id));
      } catch (error) {
        store.remove(id);
        await spool.removeAll(id);
        throw error;
      } finally {
        uploads--;
      }
    },
  );

  async function* received(request: FastifyRequest, person: string | null): AsyncGenerator<ReceivedPicture> {
    if (request.isMultipart()) {
      yield* picturesOfForm(request, settings);
      return;
    }
    const body = request.body as Readable | undefined;
    if (request.headers['content-type'] !== ZIP_TYPE || typeof body?.pipe !== 'function') {
      throw new RequestError(
        'unsupported_media_type',
        `Expected ${ZIP_TYPE} or multipart/form-data but received another body`,
      );
    }
    const path = await temporaryPath(settings.data, '.zip');
    try {
      await receiveFile(body, path, settings.maxJobBytes);
      yield* picturesOfZip(path, person, settings);
    } finally {
      await rm(path, { force: true });
    }
  }

  app.get(
    '/jobs',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listJobs',
        tags,
        summary: 'Jobs, newest first; kept for 30 days',
        response: { 200: Jobs },
      },
    },
    async () => ({ jobs: [...store.list()] }),
  );

  app.get(
    '/jobs/:job',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getJob',
        tags,
        summary: 'How far a job is',
        params: OfJob,
        response: { 200: Job },
      },
    },
    async ({ params }) => found(params.job),
  );

  app.get(
    '/jobs/:job/results',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getJobResults',
        tags,
        summary: 'What became of the pictures, in the order they were worked on',
        params: OfJob,
        querystring: Type.Object(
          {
            after: Type.Integer({ minimum: 0, default: 0, description: 'So many are passed over' }),
            limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
          },
          { additionalProperties: false },
        ),
        response: { 200: JobResults },
      },
    },
    async ({ params, query }) => {
      const { id, collection } = found(params.job);
      const { gallery } = await collections.get(collection);
      return { results: store.results(id, query, gallery).map(({ result }) => result) };
    },
  );

  app.get(
    '/jobs/:job/events',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'followJob',
        tags,
        summary:
          'Server-sent events: result (JobResult), progress (Job) and at last end (Job). Last-Event-ID goes on where the ' +
          'connection broke',
        params: OfJob,
        headers: Type.Object({ 'last-event-id': Type.Optional(Type.String({ pattern: '^[0-9]{1,9}$' })) }),
        response: {
          200: { description: 'Events', content: { 'text/event-stream': { schema: { type: 'string' } } } },
        },
      },
    },
    async (request, reply): Promise<never> => {
      const { id, collection } = found(request.params.job);
      const { gallery } = await collections.get(collection);
      const after = Number(request.headers['last-event-id'] ?? 0);
      const isAdmitted = () => access.isStillKnown(request.caller!);
      if (streams.count >= MOST_STREAMS) {
        throw new RequestError('busy', `Expected at most ${MOST_STREAMS} open streams`, {
          retryAfterSeconds: 5,
        });
      }
      const end = streamJob(reply as FastifyReply, { id, after, sealer: gallery, store, runner, isAdmitted });
      reply.raw.once('close', streams.add(end));
      return reply as never;
    },
  );

  app.post(
    '/jobs/:job/resume',
    {
      config: { scope: 'enroll' },
      schema: {
        operationId: 'resumeJob',
        tags,
        summary: 'Goes on with a job that failed',
        params: OfJob,
        response: { 200: Job },
      },
    },
    async (request) => {
      const { id, status } = found(request.params.job);
      if (status === 'failed') {
        store.resume(id);
        runner.add(id);
      }
      return found(id);
    },
  );

  app.delete(
    '/jobs/:job',
    {
      config: { scope: 'enroll' },
      schema: {
        operationId: 'cancelJob',
        tags,
        summary: 'Ends a job: what was enrolled stays. One that has ended is taken off the list',
        params: OfJob,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { id, status } = found(request.params.job);
      await runner.cancel(id);
      if (status !== 'running') {
        store.remove(id);
        await spool.removeAll(id);
      }
      audit.note(request, 'cancel_job', { subject: id });
      return reply.code(204).send(null);
    },
  );
}

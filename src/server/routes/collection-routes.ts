import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import {
  Calibration,
  Collection,
  CollectionName,
  CollectionSettings,
  CollectionSettingsChange,
  Collections,
  Erasure,
  Expired,
  GalleryEvaluation,
  ImportCounts,
  NewCollection,
} from '../../api/shapes.ts';
import {
  type CalibrationState,
  type EnrolledEvaluation,
  inspectImport,
  type CollectionSettings as LibrarySettings,
} from '../../index.ts';
import type { App, ServerContext } from '../context.ts';
import { RequestError } from '../problems.ts';
import { receiveFile, temporaryPath } from '../receive-file.ts';

const OfCollection = Type.Object({ collection: CollectionName });
const tags = ['collections'];

export const PORTABLE_TYPE = 'application/x-ndjson';

/** Collections, their rules, their thresholds, and all of their people as a file. */
export function addCollectionRoutes(
  app: App,
  { settings, collections, audit, jobs, liveness }: ServerContext,
): void {
  const described = async (name: string) => {
    const found = (await collections.main.gallery.collections()).find(
      (collection) => collection.name === name,
    );
    if (!found) throw new RequestError('not_found', 'There is no such collection');
    return found;
  };

  app.get(
    '/collections',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listCollections',
        tags,
        summary: 'The collections of the gallery with their rules',
        response: { 200: Collections },
      },
    },
    async () => ({ collections: [...(await collections.main.gallery.collections())] }),
  );

  app.post(
    '/collections',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'createCollection',
        tags,
        summary: 'Makes a collection; it is well if there is one of that name',
        body: NewCollection,
        response: { 200: Collection },
      },
    },
    async (request) => {
      const { name, settings: rules } = request.body;
      const { gallery } = await collections.create(name);
      if (rules) await gallery.changeSettings(rules as Partial<LibrarySettings>);
      audit.note(request, 'create_collection', { collection: name });
      return described(name);
    },
  );

  app.get(
    '/collections/:collection',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getCollection',
        tags,
        summary: 'One collection',
        params: OfCollection,
        response: { 200: Collection },
      },
    },
    async ({ params }) => described(params.collection),
  );

  app.patch(
    '/collections/:collection',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'changeCollection',
        tags,
        summary: 'Other rules; what is absent stays',
        params: OfCollection,
        body: CollectionSettingsChange,
        response: { 200: CollectionSettings },
      },
    },
    async (request) => {
      const { collection } = request.params;
      const { gallery } = await collections.get(collection);
      const changed = await gallery.changeSettings(request.body as Partial<LibrarySettings>);
      audit.note(request, 'change_collection');
      return changed;
    },
  );

  app.post(
    '/collections/:collection/expired',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'getExpired',
        tags,
        summary: 'How many would be erased at once, for good, if the rules were changed so; changes nothing',
        params: OfCollection,
        body: CollectionSettingsChange,
        response: { 200: Expired },
      },
    },
    async ({ params, body }) =>
      (await collections.get(params.collection)).gallery.expired(body as Partial<LibrarySettings>),
  );

  app.delete(
    '/collections/:collection',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'dropCollection',
        tags,
        summary:
          'Erases a collection with everybody in it, for good; not the one the server was started with',
        params: OfCollection,
        response: { 200: Erasure },
      },
    },
    async (request) => {
      const { collection } = request.params;
      const erasure = await collections.drop(collection);
      for (const id of jobs.store.idsOf(collection)) {
        await jobs.runner.cancel(id);
        jobs.store.remove(id);
        await jobs.spool.removeAll(id);
      }
      jobs.store.wipe();
      liveness.policies.remove(collection);
      const { id, faces } = erasure.receipt;
      audit.note(request, 'drop_collection', { subject: id, count: faces });
      return erasure;
    },
  );

  app.get(
    '/collections/:collection/calibration',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getCalibration',
        tags,
        summary: "Thresholds measured on the collection's own people; null without any",
        params: OfCollection,
        response: { 200: Type.Object({ calibration: Type.Union([Calibration, Type.Null()]) }) },
      },
    },
    async ({ params }) => {
      const state = await (await collections.get(params.collection)).calibration();
      return { calibration: state && calibrationJson(state) };
    },
  );

  app.post(
    '/collections/:collection/calibration',
    {
      config: { scope: 'admin', queued: true },
      schema: {
        operationId: 'calibrate',
        tags,
        summary:
          'Measures on the enrolled people how near strangers come, and keeps the thresholds that follow',
        params: OfCollection,
        response: { 200: Type.Object({ calibration: Calibration }) },
      },
    },
    async (request) => {
      const { collection } = request.params;
      const recognizer = await collections.get(collection);
      await request.place!.run(() => recognizer.calibrate({ signal: request.gone! }), request.gone!);
      audit.note(request, 'calibrate');
      return { calibration: calibrationJson((await recognizer.calibration())!) };
    },
  );

  app.delete(
    '/collections/:collection/calibration',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'removeCalibration',
        tags,
        summary: 'Goes back to the general thresholds',
        params: OfCollection,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { collection } = request.params;
      await (await collections.get(collection)).removeCalibration();
      audit.note(request, 'remove_calibration');
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/collections/:collection/evaluation',
    {
      config: { scope: 'read', queued: true },
      schema: {
        operationId: 'getEvaluation',
        tags,
        summary: 'How well the collection tells its people apart, measured on its own faces',
        params: OfCollection,
        response: { 200: GalleryEvaluation },
      },
    },
    async (request) => {
      const recognizer = await collections.get(request.params.collection);
      const signal = request.gone!;
      return evaluationJson(await request.place!.run(() => recognizer.evaluateEnrolled({ signal }), signal));
    },
  );

  app.get(
    '/collections/:collection/export',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'exportPeople',
        tags,
        summary: 'Everybody, or one person, as a portable file: docs/portable.md',
        params: OfCollection,
        querystring: Type.Object(
          { person: Type.Optional(Type.String({ maxLength: 64 })) },
          { additionalProperties: false },
        ),
        response: {
          200: {
            description: 'Lines of JSON',
            content: { [PORTABLE_TYPE]: { schema: { type: 'string', format: 'binary' } } },
          },
        },
      },
    },
    async (request, reply): Promise<never> => {
      const { collection } = request.params;
      const { gallery } = await collections.get(collection);
      const { person } = request.query;
      const path = await temporaryPath(settings.data, '.ndjson');
      try {
        const options = { signal: request.gone!, ...(person !== undefined && { who: { id: person } }) };
        const { faces } = await gallery.export(path, options);
        audit.note(request, 'export', { subject: person, count: faces });
        const file = createReadStream(path);
        file.once('close', () => rm(path, { force: true }).catch(() => {}));
        reply
          .type(PORTABLE_TYPE)
          .header('content-disposition', `attachment; filename="${collection}.ndjson"`);
        // A stream is no JSON, whatever the schema of the answer makes TypeScript expect.
        return (reply as FastifyReply).send(file) as never;
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      }
    },
  );

  app.post(
    '/collections/:collection/import',
    {
      config: { scope: 'admin', isStreamed: true },
      schema: {
        operationId: 'importPeople',
        tags,
        summary:
          'Merges the people of a portable file into the collection; nothing changes when the file is not whole',
        params: OfCollection,
        response: { 200: ImportCounts },
      },
    },
    async (request) => {
      const { collection } = request.params;
      const { gallery } = await collections.get(collection);
      const path = await temporaryPath(settings.data, '.ndjson');
      try {
        await receiveFile(streamOf(request.body), path, settings.maxImportBytes);
        const source = await inspectImport([path], { signal: request.gone! });
        if (source.kind !== 'portable') throw new RequestError('bad_request', 'Expected a portable file');
        const counts = await gallery.import(source, { signal: request.gone! });
        audit.note(request, 'import', { count: counts.faces });
        return counts;
      } finally {
        await rm(path, { force: true });
      }
    },
  );
}

function calibrationJson({ calibratedAt, recipe, source, evidence, applies, outgrown }: CalibrationState) {
  return { calibratedAt, recipe, source, people: evidence.people, applies, outgrown };
}

function evaluationJson({ mated, nonmated, curve, ...evaluation }: EnrolledEvaluation) {
  return {
    ...evaluation,
    mated: { ...mated, bins: [...mated.bins] },
    nonmated: { ...nonmated, bins: [...nonmated.bins] },
    curve: [...curve],
  };
}

/** throws  RequestError('unsupported_media_type') */
function streamOf(body: unknown): Readable {
  if (typeof (body as Readable | undefined)?.pipe === 'function') return body as Readable;
  throw new RequestError(
    'unsupported_media_type',
    `Expected a portable file as ${PORTABLE_TYPE} but received another body`,
  );
}

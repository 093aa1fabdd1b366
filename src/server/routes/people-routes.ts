import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import {
  AskedAbout,
  CollectionName,
  EnrolledFaces,
  Enrollments,
  ErasedPeople,
  Erasure,
  FaceId,
  History,
  LifeEvent,
  PeoplePage,
  Person,
  PersonChange,
  PersonId,
  PersonName,
  Receipts,
} from '../../api/shapes.ts';
import type { EnrolledFace, Enrollment, GalleryPeople, Person as LibraryPerson, Point } from '../../index.ts';
import type { App, ServerContext } from '../context.ts';
import { RequestError } from '../problems.ts';
import { readPictures, type Upload } from '../read-pictures.ts';

const OfCollection = Type.Object({ collection: CollectionName });
const OfPerson = Type.Object({ collection: CollectionName, person: PersonId });
const OfFace = Type.Object({ collection: CollectionName, face: FaceId });
const tags = ['people'];
const JPEG_FILE = {
  description: 'A JPEG file',
  content: { 'image/jpeg': { schema: { type: 'string', format: 'binary' } } },
};
/** Two numbers of at least 0: x,y. */
const POINT = /^\d{1,6}(\.\d{1,20})?,\d{1,6}(\.\d{1,20})?$/;

/** As people look for names: capital and small letters together, those with accents beside those without. */
const BY_ALPHABET = new Intl.Collator('und', { numeric: true });

/** People of a collection, their faces and what can happen to them. */
export function addPeopleRoutes(app: App, context: ServerContext): void {
  const { settings, collections, audit, jobs } = context;

  app.post(
    '/collections/:collection/faces',
    {
      config: {
        scope: 'enroll',
        queued: true,
        pictures: 'pictures',
        fields: {
          name: 'Name of the person',
          person: 'Id of an enrolled person, instead of the name',
          largest: 'true: of several faces take the largest',
          at: 'x,y in pixels of the upright picture: of several faces take the one there; for one picture',
          allowLookalikes: 'true: enrol although it looks like somebody else',
        },
      },
      schema: {
        operationId: 'enroll',
        tags,
        summary: 'Enrols pictures of one person, one face each; makes the person where there is none',
        params: OfCollection,
        querystring: Type.Object(
          {
            name: Type.Optional(PersonName),
            person: Type.Optional(PersonId),
            largest: Type.Optional(Type.Boolean()),
            at: Type.Optional(
              Type.String({
                pattern: POINT.source,
                description: 'Of several faces take the one at this point, x,y in pixels; for one picture',
              }),
            ),
            allowLookalikes: Type.Optional(Type.Boolean()),
            minFacePx: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
          },
          { additionalProperties: false },
        ),
        response: { 200: Enrollments },
      },
    },
    async (request) => {
      const { collection } = request.params;
      const recognizer = await collections.get(collection);
      const upload = await readPictures(request, settings, { least: 1, most: settings.maxPictures });
      const id = request.query.person ?? upload.fields.get('person');
      const who = id === undefined ? (request.query.name ?? upload.fields.get('name')) : { id };
      if (who === undefined)
        throw new RequestError('bad_request', 'Expected the name of the person in name but received none');
      const options = {
        largest: request.query.largest ?? flag(upload, 'largest'),
        at: pointFrom(request.query.at ?? upload.fields.get('at')),
        allowLookalikes: request.query.allowLookalikes ?? flag(upload, 'allowLookalikes'),
        minFacePx: request.query.minFacePx,
        signal: request.gone!,
      };
      const results = await request.place!.run(
        () =>
          recognizer.enroll(
            who,
            upload.pictures.map(({ bytes }) => bytes),
            options,
          ),
        request.gone!,
      );
      const enrolled = results.filter(({ status }) => status === 'enrolled').length;
      const person = await recognizer.gallery.find(who).catch(() => null);
      audit.note(request, 'enroll', { subject: person?.id, count: enrolled });
      return {
        person: person && personJson(person),
        results: results.map((result, i) => enrollmentJson(upload.pictures[i]!.file, result)),
      };
    },
  );

  app.get(
    '/collections/:collection/people',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listPeople',
        tags,
        summary: 'Everybody by name, a page at a time',
        params: OfCollection,
        querystring: Type.Object(
          {
            query: Type.Optional(
              Type.String({ maxLength: 400, description: 'Part of the name or external id' }),
            ),
            externalId: Type.Optional(Type.String({ maxLength: 400 })),
            offset: Type.Integer({ minimum: 0, default: 0 }),
            limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
          },
          { additionalProperties: false },
        ),
        response: { 200: PeoplePage },
      },
    },
    async (request) => {
      const { query, externalId, offset, limit } = request.query;
      const { gallery } = await collections.get(request.params.collection);
      const part = query?.normalize('NFC').toLocaleLowerCase();
      const people = (await gallery.list())
        .filter(
          (person) =>
            (externalId === undefined || person.externalId === externalId) &&
            (part === undefined ||
              `${person.name}\n${person.externalId ?? ''}`.toLocaleLowerCase().includes(part)),
        )
        .sort((a, b) => BY_ALPHABET.compare(a.name, b.name));
      return { people: people.slice(offset, offset + limit).map(personJson), total: people.length };
    },
  );

  app.get(
    '/collections/:collection/people/:person',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getPerson',
        tags,
        summary: 'One person',
        params: OfPerson,
        response: { 200: Person },
      },
    },
    async ({ params }) => {
      const { gallery } = await collections.get(params.collection);
      return personJson(await gallery.find({ id: params.person }));
    },
  );

  app.patch(
    '/collections/:collection/people/:person',
    {
      config: { scope: 'enroll' },
      schema: {
        operationId: 'changePerson',
        tags,
        summary: 'Another name, external id, metadata or best face; what is absent stays',
        params: OfPerson,
        body: PersonChange,
        response: { 200: Person },
      },
    },
    async (request) => {
      const { collection, person } = request.params;
      const { gallery } = await collections.get(collection);
      const changed = await gallery.change(
        { id: person },
        request.body as Parameters<typeof gallery.change>[1],
      );
      audit.note(request, 'change', { subject: person });
      return personJson(changed);
    },
  );

  app.delete(
    '/collections/:collection/people/:person',
    {
      config: { scope: 'enroll' },
      schema: {
        operationId: 'removePerson',
        tags,
        summary: "Takes a person out; can be undone for the collection's days of grace, then all is erased",
        params: OfPerson,
        response: { 200: Person },
      },
    },
    async (request) => {
      const { collection, person } = request.params;
      const { gallery } = await collections.get(collection);
      const removed = await gallery.remove({ id: person });
      audit.note(request, 'remove', { subject: person });
      return personJson(removed);
    },
  );

  app.post(
    '/collections/:collection/people/:person/merge',
    {
      config: { scope: 'enroll' },
      schema: {
        operationId: 'mergePerson',
        tags,
        summary: 'All faces of this person become faces of another',
        params: OfPerson,
        body: Type.Object({ into: PersonId }, { additionalProperties: false }),
        response: { 200: Person },
      },
    },
    async (request) => {
      const { collection, person } = request.params;
      const { gallery } = await collections.get(collection);
      const merged = await gallery.merge({ id: person }, { id: request.body.into });
      audit.note(request, 'merge', { subject: person });
      return personJson(merged);
    },
  );

  app.post(
    '/collections/:collection/people/:person/split',
    {
      config: { scope: 'enroll' },
      schema: {
        operationId: 'splitPerson',
        tags,
        summary: 'Some faces of this person become those of another, who is made if nobody has the name',
        params: OfPerson,
        body: Type.Object(
          {
            faces: Type.Array(FaceId, { minItems: 1, maxItems: 10_000, uniqueItems: true }),
            name: PersonName,
          },
          { additionalProperties: false },
        ),
        response: { 200: Person },
      },
    },
    async (request) => {
      const { collection, person } = request.params;
      const { gallery } = await collections.get(collection);
      const { faces, name } = request.body;
      const split = await gallery.split({ id: person }, faces, name);
      audit.note(request, 'split', { subject: person, count: faces.length });
      return personJson(split);
    },
  );

  app.get(
    '/collections/:collection/people/:person/faces',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listFaces',
        tags,
        summary: "A person's enrolled faces, oldest first",
        params: OfPerson,
        response: { 200: EnrolledFaces },
      },
    },
    async ({ params }) => {
      const { gallery } = await collections.get(params.collection);
      return { faces: (await gallery.faces({ id: params.person })).map(faceJson) };
    },
  );

  app.get(
    '/collections/:collection/faces/:face/crop',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getCrop',
        tags,
        summary: 'The aligned crop that was kept of a face, 150x150',
        params: OfFace,
        response: { 200: JPEG_FILE },
      },
    },
    async ({ params }, reply): Promise<never> => {
      const { gallery } = await collections.get(params.collection);
      const crop = await gallery.crop(params.face);
      if (crop === null)
        throw new RequestError('not_found', 'No crop is kept of this face, or there is no such face');
      return sendBytes(reply, 'image/jpeg', crop) as never;
    },
  );

  app.get(
    '/collections/:collection/people/:person/crop',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getPersonCrop',
        tags,
        summary: 'The crop of the face that was chosen as the best, else of the first that has one',
        params: OfPerson,
        response: { 200: JPEG_FILE },
      },
    },
    async ({ params }, reply): Promise<never> => {
      const { gallery } = await collections.get(params.collection);
      const { id, bestFaceId } = await gallery.find({ id: params.person });
      const faces = (await gallery.faces({ id })).filter(({ chip }) => chip !== null);
      const face = faces.find((one) => one.id === bestFaceId) ?? faces[0];
      const crop = face && (await gallery.crop(face.id));
      if (!crop) throw new RequestError('not_found', 'No crop is kept of this person');
      return sendBytes(reply, 'image/jpeg', crop) as never;
    },
  );

  app.delete(
    '/collections/:collection/faces/:face',
    {
      config: { scope: 'enroll' },
      schema: {
        operationId: 'removeFace',
        tags,
        summary: 'Takes one face of a person out; can be undone',
        params: OfFace,
        response: { 200: Person },
      },
    },
    async (request) => {
      const { collection, face } = request.params;
      const { gallery } = await collections.get(collection);
      const person = await gallery.removeFace(face);
      audit.note(request, 'remove_face', { subject: face });
      return personJson(person);
    },
  );

  app.post(
    '/collections/:collection/forget',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'forget',
        tags,
        summary: 'Erases people for good, removed ones too: every face, embedding, crop and event',
        params: OfCollection,
        body: Type.Object(
          {
            names: Type.Array(PersonName, { minItems: 1, maxItems: 1000 }),
            ids: Type.Optional(
              Type.Array(PersonId, {
                maxItems: 1000,
                description:
                  'Who is meant, in the same order: refused (409, name_changed) when one is not called so any more',
              }),
            ),
          },
          { additionalProperties: false },
        ),
        response: { 200: Erasure },
      },
    },
    async (request) => {
      const { collection } = request.params;
      const { gallery } = await collections.get(collection);
      await requireNames(gallery, request.body);
      const names = new Set(request.body.names.map(asKept));
      // First what could enrol them again.
      for (const { id, number } of jobs.store.forget(collection, names, gallery)) {
        await jobs.spool.remove(id, number);
      }
      await jobs.runner.settled();
      await requireNames(gallery, request.body);
      const erasure = await gallery.forget(request.body.names);
      const { id, faces } = erasure.receipt;
      audit.note(request, 'forget', { subject: id, count: faces });
      jobs.store.wipe();
      return erasure;
    },
  );

  app.get(
    '/collections/:collection/receipts',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listReceipts',
        tags,
        summary: 'Proofs of erasures, in the order of time; with a limit the newest',
        params: OfCollection,
        querystring: Type.Object(
          { limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })) },
          { additionalProperties: false },
        ),
        response: { 200: Receipts },
      },
    },
    async ({ params, query }) => ({
      receipts: [...(await (await collections.get(params.collection)).gallery.receipts(query))],
    }),
  );

  app.post(
    '/collections/:collection/erased',
    {
      config: { scope: 'recognize' },
      schema: {
        operationId: 'erasedOf',
        tags,
        summary: 'Who of these people was erased for good, for pages and programs that must forget them too',
        params: OfCollection,
        body: AskedAbout,
        response: { 200: ErasedPeople },
      },
    },
    async ({ params, body }) => ({
      erased: [...(await (await collections.get(params.collection)).gallery.erasedOf(body.people))],
    }),
  );

  app.get(
    '/collections/:collection/history',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'history',
        tags,
        summary: 'What happened, newest first',
        params: OfCollection,
        querystring: Type.Object(
          {
            person: Type.Optional(PersonName),
            limit: Type.Integer({ minimum: 1, maximum: 1000, default: 50 }),
          },
          { additionalProperties: false },
        ),
        response: { 200: History },
      },
    },
    async ({ params, query }) => {
      const { gallery } = await collections.get(params.collection);
      const { person, limit } = query;
      return { events: [...(await gallery.history({ limit, ...(person !== undefined && { person }) }))] };
    },
  );

  app.post(
    '/collections/:collection/undo',
    {
      config: { scope: 'enroll' },
      schema: {
        operationId: 'undo',
        tags,
        summary: 'Takes an event back, by default the last',
        params: OfCollection,
        querystring: Type.Object(
          { event: Type.Optional(Type.Integer({ minimum: 1 })) },
          { additionalProperties: false },
        ),
        response: { 200: LifeEvent },
      },
    },
    async (request) => {
      const { collection } = request.params;
      if (request.body !== undefined && request.body !== null) {
        throw new RequestError(
          'bad_request',
          'Expected the number of the event in the address, ?event=N, but received a body',
        );
      }
      const { gallery } = await collections.get(collection);
      const event = await gallery.undo(request.query.event);
      audit.note(request, 'undo', { subject: String(event.id) });
      return event;
    },
  );
}

/** As the gallery keeps a name. */
const asKept = (name: string) => name.normalize('NFC').trim();

/** throws  AcquaintError('person_not_found'), RequestError('name_changed', 'bad_request' for ids that do not go with the names) */
async function requireNames(
  gallery: GalleryPeople,
  { names, ids }: { readonly names: readonly string[]; readonly ids?: readonly string[] },
): Promise<void> {
  if (ids === undefined) return;
  if (ids.length !== names.length) {
    throw new RequestError(
      'bad_request',
      `Expected an id for each of ${names.length} names but received ${ids.length}`,
    );
  }
  for (const [i, id] of ids.entries()) {
    const { name } = await gallery.find({ id });
    if (name === asKept(names[i]!)) continue;
    throw new RequestError(
      'name_changed',
      'Expected the names of the people with these ids but one is called otherwise by now. Nobody was forgotten',
    );
  }
}

/** Bytes are no JSON, whatever the schema of the answer makes TypeScript expect. */
function sendBytes(reply: FastifyReply, type: string, bytes: Uint8Array): FastifyReply {
  return reply.type(type).send(Buffer.from(bytes));
}

/** A flag of a form: what comes as text. */
function flag({ fields }: Upload, name: string): boolean | undefined {
  const text = fields.get(name);
  if (text === undefined || text === 'false') return undefined;
  if (text === 'true') return true;
  throw new RequestError('bad_request', `Expected true or false for ${name} but received something else`);
}

/** throws  RequestError('bad_request') for what is no point */
function pointFrom(text: string | undefined): Point | undefined {
  if (text === undefined) return undefined;
  if (!POINT.test(text)) {
    throw new RequestError('bad_request', 'Expected two numbers x,y for at but received something else');
  }
  const [x, y] = text.split(',').map(Number);
  return { x: x!, y: y! };
}

function personJson(person: LibraryPerson) {
  return { ...person, metadata: { ...person.metadata } };
}

/** The facts of a face, without its embedding and its crop. */
function faceJson({ id, fileName, contentHash, box, quality, chip, createdAt }: EnrolledFace) {
  return { id, file: fileName, contentHash, box, quality, hasCrop: chip !== null, createdAt };
}

export function enrollmentJson(file: string | null, { source: _source, ...result }: Enrollment) {
  return { file, ...result };
}

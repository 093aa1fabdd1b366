import Type from 'typebox';
import { detectionJson, embeddingsJson, identificationJson } from '../../api/face-json.ts';
import {
  CollectionName,
  Detection,
  Embeddings,
  FaceGroups,
  FacesToGroup,
  Identification,
  MOST_GROUPED,
  Verification,
} from '../../api/shapes.ts';
import type { DetectedFace, IdentifiedFace, IdentifyOptions, PictureFaces, Recognizer } from '../../index.ts';
import type { App, ServerContext } from '../context.ts';
import { factsFrom } from '../facts.ts';
import { identifyLive } from '../liveness/identify-live.ts';
import type { Passes, PassUse } from '../liveness/passes.ts';
import { RequestError } from '../problems.ts';
import { readPictures } from '../read-pictures.ts';

const minFacePx = Type.Optional(
  Type.Integer({ minimum: 1, maximum: 10_000, description: 'Smallest face to look for, pixels' }),
);
const PictureQuery = Type.Object({ minFacePx }, { additionalProperties: false });
const pass = Type.Optional(
  Type.String({
    maxLength: 4096,
    description:
      'Of a challenge; the picture is the very frame it is for, and only its face is looked at, whatever minFacePx',
  }),
);
const SearchQuery = Type.Object(
  {
    minFacePx,
    where: Type.Optional(
      Type.String({ maxLength: 4096, description: 'Only people with these facts: a JSON object' }),
    ),
    requireLive: Type.Optional(
      Type.Boolean({ description: 'Faces that are not live are not named: docs/liveness.md' }),
    ),
    pass,
  },
  { additionalProperties: false },
);
const OfCollection = Type.Object({ collection: CollectionName });

/** Of the embeddings of one request: 1024 numbers each, and as many characters as JSON may need for one. */
const MAX_GROUPED_BYTES = MOST_GROUPED * 1024 * 32;

/** Pictures in, faces out: nothing is kept of them. */
export function addRecognitionRoutes(
  app: App,
  { settings, collections, audit, metrics, liveness }: ServerContext,
): void {
  const counted = <Face extends DetectedFace>(route: string, result: PictureFaces<Face>) => {
    metrics.faces.inc({ route }, result.faces.length);
    return result;
  };

  app.post(
    '/detect',
    {
      config: { scope: 'recognize', queued: true, pictures: 'picture' },
      schema: {
        operationId: 'detect',
        tags: ['recognition'],
        summary: 'Faces of a picture with their landmarks',
        querystring: Type.Object(
          {
            minFacePx,
            landmarks: Type.Optional(
              Type.Unsafe<5 | 68>({
                type: 'integer',
                enum: [5, 68],
                description: '68 is not for commercial use',
              }),
            ),
          },
          { additionalProperties: false },
        ),
        response: { 200: Detection },
      },
    },
    async (request) => {
      const { pictures } = await readPictures(request, settings, { least: 1, most: 1 });
      const options = { ...request.query, signal: request.gone! };
      const result = await request.place!.run(
        () => collections.main.detect(pictures[0]!.bytes, options),
        request.gone!,
      );
      return detectionJson(counted('detect', result));
    },
  );

  app.post(
    '/collections/:collection/search',
    {
      config: { scope: 'recognize', queued: true, pictures: 'picture' },
      schema: {
        operationId: 'search',
        tags: ['recognition'],
        summary: 'Who is in a picture: all of its faces, each a match, unknown or ambiguous',
        params: OfCollection,
        querystring: SearchQuery,
        headers: Type.Object({ 'x-liveness-pass': pass }),
        response: { 200: Identification },
      },
    },
    async (request) => {
      const { collection } = request.params;
      const recognizer = await collections.get(collection);
      const { minFacePx, where, requireLive = false } = request.query;
      const pass = request.query.pass ?? request.headers['x-liveness-pass'];
      const policy = liveness.policies.of(collection);
      if (policy === 'active') requirePass(pass);
      const { pictures } = await readPictures(request, settings, { least: 1, most: 1 });
      const picture = pictures[0]!.bytes;
      const options = {
        where: factsFrom(where),
        requireLive: requireLive || policy === 'passive',
        signal: request.gone!,
      };
      if (pass !== undefined) await liveness.passes.require(pass, { collection, picture });
      const result = await request.place!.run(
        () =>
          pass === undefined
            ? recognizer.identify(picture, { ...options, minFacePx })
            : identifyWithPass(recognizer, liveness.passes, { pass, collection, picture }, options),
        request.gone!,
      );
      const { length } = result.faces;
      audit.note(request, 'search', { count: length });
      return identificationJson(counted('search', result));
    },
  );

  app.post(
    '/collections/:collection/embed',
    {
      config: { scope: 'recognize', queued: true, pictures: 'picture' },
      schema: {
        operationId: 'embed',
        tags: ['recognition'],
        summary: "Faces of a picture with their embeddings, made by the collection's recipe",
        params: OfCollection,
        querystring: PictureQuery,
        response: { 200: Embeddings },
      },
    },
    async (request) => {
      const { collection } = request.params;
      const recognizer = await collections.get(collection);
      const { pictures } = await readPictures(request, settings, { least: 1, most: 1 });
      const options = { ...request.query, signal: request.gone! };
      const result = await request.place!.run(
        () => recognizer.embed(pictures[0]!.bytes, options),
        request.gone!,
      );
      const { length } = result.faces;
      audit.note(request, 'embed', { count: length });
      return embeddingsJson(counted('embed', result));
    },
  );

  app.post(
    '/collections/:collection/verify',
    {
      config: { scope: 'recognize', queued: true, pictures: 'two pictures' },
      schema: {
        operationId: 'verify',
        tags: ['recognition'],
        summary: 'Whether two pictures of one face each show the same person',
        params: OfCollection,
        querystring: PictureQuery,
        response: { 200: Verification },
      },
    },
    async (request) => {
      const recognizer = await collections.get(request.params.collection);
      const { pictures } = await readPictures(request, settings, { least: 2, most: 2 });
      const [a, b] = pictures;
      const options = { ...request.query, signal: request.gone! };
      return request.place!.run(() => recognizer.verify(a!.bytes, b!.bytes, options), request.gone!);
    },
  );

  app.post(
    '/collections/:collection/groups',
    {
      bodyLimit: MAX_GROUPED_BYTES,
      config: { scope: 'recognize', queued: true },
      schema: {
        operationId: 'groupFaces',
        tags: ['recognition'],
        summary:
          'Which of the faces are probably of one person, by their embeddings; nobody needs to be enrolled',
        params: OfCollection,
        body: FacesToGroup,
        response: { 200: FaceGroups },
      },
    },
    async (request) => {
      const recognizer = await collections.get(request.params.collection);
      const { recipe, embeddings, threshold } = request.body;
      const faces = embeddings.map((numbers) => ({ recipe, embedding: Float32Array.from(numbers) }));
      const grouped = await request.place!.run(
        () => recognizer.groupFaces(faces, { threshold }),
        request.gone!,
      );
      audit.note(request, 'group', { count: faces.length });
      return { ...grouped, groups: grouped.groups.map((group) => [...group]) };
    },
  );
}

/** throws  RequestError('liveness_required') */
function requirePass(pass: string | undefined): void {
  if (pass !== undefined) return;
  throw new RequestError(
    'liveness_required',
    'Expected the pass of a challenge, which this collection asks for, but received none',
  );
}

/** Looks at the face that the pass is for, and at no other of the picture. throws  RequestError('pass_…') */
async function identifyWithPass(
  recognizer: Recognizer,
  passes: Passes,
  { pass, ...use }: PassUse & { readonly pass: string },
  { where, requireLive, signal }: IdentifyOptions,
): Promise<PictureFaces<IdentifiedFace>> {
  // As the frame was embedded for the pass: by the server's own smallest face.
  const { width, height, faces } = await recognizer.embed(use.picture, { signal });
  const face = await passes.redeem(pass, use, faces);
  const named = requireLive
    ? await identifyLive(recognizer, use.picture, [face], { where })
    : await recognizer.identifyFaces([face], { where });
  return { width, height, faces: named };
}

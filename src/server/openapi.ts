import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import type { FastifyContextConfig, FastifySchema } from 'fastify';
import { Problem } from '../api/shapes.ts';
import type { PictureBody } from './context.ts';
import { titleOf } from './problems.ts';
import { VERSION } from './version.ts';

const binary = { type: 'string', format: 'binary' };

const TAGS = [
  { name: 'recognition', description: 'Pictures in, faces out: nothing is kept of them' },
  { name: 'live', description: 'Frames of a camera over a WebSocket' },
  { name: 'liveness', description: 'Whether a face is before the camera, and what is asked of it' },
  { name: 'people', description: 'People, their faces, and what can happen to them' },
  { name: 'jobs', description: 'Enrolling many pictures, with progress' },
  { name: 'collections', description: 'Collections of people and their rules' },
  { name: 'access', description: 'Keys, sessions, and who did what' },
  { name: 'system', description: 'How the server does' },
];

/** The OpenAPI 3.1 document, made of the routes' schemas. */
export const openApi: FastifyDynamicSwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'acquaint',
      version: VERSION,
      description:
        'Finds the faces in a picture and says who they are, or that it does not know them. Boxes are pixels of the ' +
        'upright picture; right and bottom are exclusive. Errors are problem details (RFC 9457).',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    tags: TAGS,
    components: {
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'An API key: acquaint keys create' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'acquaint_session',
          description: 'Of a browser; POST /v1/session',
        },
      },
    },
  },
  transform: ({ schema, url, route }) => ({ schema: documented(schema ?? {}, route.config ?? {}), url }),
};

function documented(schema: FastifySchema, config: FastifyContextConfig): FastifySchema {
  const { scope = 'any', pictures, fields = {}, isStreamed, isJobUpload, isSocket } = config;
  const problems = Object.fromEntries(
    problemStatuses(config).map((status) => [
      status,
      { description: titleOf(status), content: { 'application/problem+json': { schema: Problem } } },
    ]),
  );
  const answers = Object.entries((schema.response ?? {}) as Readonly<Record<string, object>>).map(
    ([status, answer]) => [status, { description: 'Done', ...answer }] as const,
  );
  return {
    ...schema,
    ...(isSocket && { hide: false }),
    ...(pictures && { body: pictureBody(pictures, fields), consumes: ['multipart/form-data'] }),
    ...(isJobUpload && {
      body: {
        content: {
          'application/zip': { schema: binary },
          'multipart/form-data': {
            schema: {
              type: 'object',
              properties: {
                name: {
                  type: 'string',
                  description:
                    'Name of the person of the pictures after it; comes again before those of the next',
                },
                picture: { type: 'array', items: binary },
              },
            },
          },
        },
      },
    }),
    ...(isStreamed && { body: { content: { 'application/x-ndjson': { schema: binary } } } }),
    response: { ...problems, ...Object.fromEntries(answers) },
    security: scope === 'nobody' ? [] : [{ key: [] }, { session: [] }],
    ...(scope !== 'nobody' && scope !== 'any' && { description: `Needs the scope \`${scope}\`.` }),
  };
}

function problemStatuses({ scope, queued }: FastifyContextConfig): readonly number[] {
  if (scope === 'nobody') return [];
  return [400, 401, 403, 404, 409, 413, 415, 422, 429, ...(queued ? [503] : [])];
}

function pictureBody(kind: PictureBody, fields: Readonly<Record<string, string>>) {
  const more = Object.fromEntries(
    Object.entries(fields).map(([name, description]) => [name, { type: 'string', description }]),
  );
  const picture = { picture: { type: 'string', description: 'The picture as base64; never an address' } };
  const several = {
    pictures: { type: 'array', items: { type: 'string', description: 'A picture as base64' } },
  };
  const form = (schema: object, required: readonly string[]) => ({
    schema: { type: 'object', properties: { ...schema, ...more }, required },
  });
  if (kind === 'picture') {
    return {
      content: {
        'multipart/form-data': form({ picture: binary }, ['picture']),
        'application/json': form(picture, ['picture']),
        'application/octet-stream': { schema: binary },
        'image/jpeg': { schema: binary },
        'image/png': { schema: binary },
        'image/webp': { schema: binary },
      },
    };
  }
  return {
    content: {
      'multipart/form-data': form({ picture: { type: 'array', items: binary } }, ['picture']),
      'application/json': form(several, ['pictures']),
      ...(kind === 'pictures' && { 'image/jpeg': { schema: binary } }),
    },
  };
}

import Type from 'typebox';
import { ApiKeys, Audit, CreatedApiKey, NewApiKey, Session } from '../../api/shapes.ts';
import { SESSION_COOKIE } from '../access.ts';
import type { App, ServerContext } from '../context.ts';
import { RequestError } from '../problems.ts';
import { SESSION_SECONDS } from '../sessions.ts';

/** Who may do what, and who did. */
export function addKeyRoutes(app: App, { keys, sessions, audit }: ServerContext): void {
  app.get(
    '/keys',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'listKeys',
        tags: ['access'],
        summary: 'API keys, without their secrets',
        response: { 200: ApiKeys },
      },
    },
    async () => ({ keys: [...keys.list()] }),
  );

  app.post(
    '/keys',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'createKey',
        tags: ['access'],
        summary: 'Makes a key; its secret is shown this once',
        body: NewApiKey,
        response: { 201: CreatedApiKey },
      },
    },
    async (request, reply) => {
      const created = await keys.create(request.body);
      audit.note(request, 'create_key', { subject: created.key.id });
      return reply.code(201).header('cache-control', 'no-store').send(created);
    },
  );

  app.delete(
    '/keys/:key',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'revokeKey',
        tags: ['access'],
        summary: 'Whoever uses the key is refused from now on',
        params: Type.Object({ key: Type.String({ maxLength: 64 }) }),
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { key } = request.params;
      if (!keys.revoke(key)) throw new RequestError('key_not_found', 'There is no such key');
      audit.note(request, 'revoke_key', { subject: key });
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/session',
    {
      config: { scope: 'any' },
      schema: {
        operationId: 'signIn',
        tags: ['access'],
        summary: 'Gives a browser that shows a key a session: a cookie, and a token for every change',
        response: { 200: Session },
      },
    },
    async (request, reply) => {
      const { id, name, scopes } = request.caller!;
      if (keys.find(id) === null)
        return { caller: name, scopes: [...scopes], csrfToken: null, expiresAt: null };
      const { cookie, session } = sessions.start(id);
      reply.setCookie(SESSION_COOKIE, cookie, {
        httpOnly: true,
        sameSite: 'strict',
        secure: request.protocol === 'https',
        path: '/',
        maxAge: SESSION_SECONDS,
      });
      return {
        caller: name,
        scopes: [...scopes],
        csrfToken: session.csrfToken,
        expiresAt: new Date(session.expiresAt).toISOString(),
      };
    },
  );

  app.get(
    '/session',
    {
      config: { scope: 'any' },
      schema: {
        operationId: 'whoAmI',
        tags: ['access'],
        summary: 'Who asks, and what is allowed',
        response: { 200: Session },
      },
    },
    async (request) => {
      const { name, scopes, session } = request.caller!;
      return {
        caller: name,
        scopes: [...scopes],
        csrfToken: session?.csrfToken ?? null,
        expiresAt: session ? new Date(session.expiresAt).toISOString() : null,
      };
    },
  );

  app.delete(
    '/session',
    {
      config: { scope: 'any' },
      schema: {
        operationId: 'signOut',
        tags: ['access'],
        summary: 'Ends the session',
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const cookie = request.cookies[SESSION_COOKIE];
      if (cookie !== undefined) sessions.end(cookie);
      return reply.clearCookie(SESSION_COOKIE, { path: '/' }).code(204).send(null);
    },
  );

  app.get(
    '/audit',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'listAudit',
        tags: ['access'],
        summary: 'Who enrolled, searched, exported and erased, newest first; kept for a year',
        querystring: Type.Object(
          {
            limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
            before: Type.Optional(
              Type.Integer({ minimum: 1, description: 'Id of an entry: only older ones' }),
            ),
          },
          { additionalProperties: false },
        ),
        response: { 200: Audit },
      },
    },
    async ({ query }) => ({ entries: [...audit.list(query)] }),
  );
}

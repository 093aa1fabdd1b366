import type { Socket } from 'node:net';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import multipart from '@fastify/multipart';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import websocket from '@fastify/websocket';
import scalar from '@scalar/fastify-api-reference';
import Fastify, { type FastifyError, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { Access } from './access.ts';
import type { App, ServerContext } from './context.ts';
import { openApi } from './openapi.ts';
import { failureOf, problemBody, RequestError } from './problems.ts';
import { addCollectionRoutes, PORTABLE_TYPE } from './routes/collection-routes.ts';
import { addConsole } from './routes/console-routes.ts';
import { addJobRoutes, ZIP_TYPE } from './routes/job-routes.ts';
import { addKeyRoutes } from './routes/key-routes.ts';
import { addLiveRoutes } from './routes/live-routes.ts';
import { addLivenessRoutes } from './routes/liveness-routes.ts';
import { addPeopleRoutes } from './routes/people-routes.ts';
import { addRecognitionRoutes } from './routes/recognition-routes.ts';
import { addSystemRoutes } from './routes/system-routes.ts';
import { isReachable, type ServerSettings } from './server-options.ts';
import { buildValidator, validationError } from './validation.ts';

/** Of JSON that holds no picture. */
const MAX_JSON_BYTES = 1024 * 1024;
const MAX_HEADER_BYTES = 16 * 1024;
/** Ids and names of collections are shorter. */
const MAX_PARAMETER_LENGTH = 200;
/** How often Node looks for requests that take too long. */
const CHECK_EVERY_MS = 5000;
/** Base64 takes four bytes for three. */
const BASE64_GROWTH = 4 / 3;

/** The whole HTTP interface, not listening yet. */
export async function buildApp(context: ServerContext): Promise<App> {
  const { settings } = context;
  const app = Fastify({
    logger: settings.log ? { level: 'info', stream: settings.log, serializers: {} } : false,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    // One hop: what a client writes into the header itself is not believed.
    trustProxy: settings.trustProxy ? (_address: string, hop: number) => hop < 1 : false,
    bodyLimit: MAX_JSON_BYTES,
    // Of the longest; the others are cut off earlier, below.
    requestTimeout: settings.uploadTimeoutMs,
    connectionTimeout: 0,
    keepAliveTimeout: 10_000,
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: settings.requestTimeoutMs,
      connectionsCheckingInterval: Math.min(CHECK_EVERY_MS, settings.requestTimeoutMs),
    },
    // A client's own id would end up in the log.
    requestIdHeader: false,
    genReqId: () => crypto.randomUUID(),
    frameworkErrors: (error, request, reply) => sendFailure(error, request, reply),
    clientErrorHandler: answerUnreadable,
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    schemaController: { compilersFactory: { buildValidator } },
    schemaErrorFormatter: validationError,
  }) as unknown as App;
  app.setErrorHandler((error: FastifyError, request, reply) => sendFailure(error, request, reply));
  app.setNotFoundHandler((request, reply) =>
    sendFailure(
      new RequestError(
        'not_found',
        'There is nothing here; / is the console, /docs tells what else there is',
      ),
      request,
      reply,
    ),
  );
  app.decorateRequest('caller', null);
  app.decorateRequest('place', null);
  app.decorateRequest('gone', null);

  await app.register(helmet, {
    contentSecurityPolicy: { directives: CONTENT_SECURITY },
    // Whoever puts TLS before it says so there.
    strictTransportSecurity: false,
  });
  await app.register(cookie);
  await app.register(multipart);
  await app.register(websocket, { options: { maxPayload: settings.maxUploadBytes } });
  await app.register(swagger, openApi);
  addBodies(app, settings);
  addObserving(app, context);
  await app.register(
    async (api) => {
      const access = addAccess(api as App, context);
      await api.register(rateLimit, {
        max: settings.requestsPerMinute,
        timeWindow: 60_000,
        hook: 'preParsing',
        keyGenerator: (request) =>
          request.caller && request.caller.id !== 'local' ? request.caller.id : request.ip,
        errorResponseBuilder: (_request, { ttl }) =>
          new RequestError(
            'too_many_requests',
            `Expected at most ${settings.requestsPerMinute} requests a minute but received more`,
            {
              retryAfterSeconds: Math.ceil(ttl / 1000),
            },
          ),
      });
      addSystemRoutes(api as App, context);
      addRecognitionRoutes(api as App, context);
      addLiveRoutes(api as App, context, access);
      addLivenessRoutes(api as App, context, access);
      addPeopleRoutes(api as App, context);
      addJobRoutes(api as App, context, access);
      addCollectionRoutes(api as App, context);
      addKeyRoutes(api as App, context);
    },
    { prefix: '/v1' },
  );
  await addConsole(app);
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  await app.register(scalar, {
    routePrefix: '/docs',
    configuration: {
      url: '/openapi.json',
      withDefaultFonts: false,
      telemetry: false,
      // What would send the document to somebody else's service.
      agent: { disabled: true },
      mcp: { disabled: true },
      showDeveloperTools: 'never',
      hideClientButton: true,
    },
  });
  return app;
}

/** No page may load anything from elsewhere; the API's documentation carries its script and style within itself. */
const CONTENT_SECURITY = {
  'default-src': ["'self'"],
  'script-src': ["'self'", "'unsafe-inline'"],
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'data:', 'blob:'],
  'connect-src': ["'self'"],
  'frame-ancestors': ["'none'"],
  'upgrade-insecure-requests': null,
};

/** Raw pictures as bytes, a portable file as a stream, JSON with room for a picture where a route takes one. */
function addBodies(app: App, { maxUploadBytes, maxJobBytes }: ServerSettings): void {
  const asBytes = { parseAs: 'buffer' as const };
  app.addContentTypeParser(/^(image\/|application\/octet-stream)/, asBytes, (_request, body, done) =>
    done(null, body),
  );
  app.addContentTypeParser([PORTABLE_TYPE, ZIP_TYPE], (_request, payload, done) => done(null, payload));
  app.addHook('onRoute', (route) => {
    if (route.config?.isJobUpload) route.bodyLimit = maxJobBytes;
    if (route.config?.pictures) route.bodyLimit = Math.ceil(maxUploadBytes * BASE64_GROWTH) + MAX_JSON_BYTES;
  });
}

/** Who asks, whether they may, and a place in the queue: before a byte of the body is read. */
function addAccess(app: App, { keys, sessions, settings, queue }: ServerContext): Access {
  const access = new Access({ keys, sessions, isPublic: isReachable(settings) });
  app.addHook('onRoute', ({ url, config }) => {
    if (config?.scope === undefined)
      throw new Error(`Expected a scope for the route ${url} but received none`);
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const { scope = 'any', queued, isStreamed, isJobUpload } = request.routeOptions.config;
    if (!isStreamed && !isJobUpload) cutOffSlow(request, reply, settings.requestTimeoutMs);
    if (scope === 'nobody') return;
    const gone = new AbortController();
    request.gone = gone.signal;
    reply.raw.once('close', () => {
      request.place?.leave();
      if (!reply.raw.writableFinished) gone.abort();
    });
    request.caller = await access.admit(request, scope);
    if (!queued) return;
    request.place = queue.enter();
    // Gone while its key was checked: nobody would leave the place.
    if (gone.signal.aborted) request.place.leave();
  });
  return access;
}

/** A body that comes too slowly would hold its place in the queue for ever. */
function cutOffSlow({ raw }: FastifyRequest, reply: FastifyReply, timeoutMs: number): void {
  const timer = setTimeout(() => {
    if (raw.complete || reply.raw.headersSent) return;
    answerUnreadable({ code: TOO_SLOW }, raw.socket);
    raw.socket.destroySoon();
  }, timeoutMs);
  reply.raw.once('close', () => clearTimeout(timer));
}

/** One line a request, and its figures: the route, never the address, which may hold names. */
function addObserving(app: App, { metrics }: ServerContext): void {
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    const { method, caller } = request;
    const { statusCode: status, elapsedTime } = reply;
    metrics.requests.observe({ method, route, status }, elapsedTime / 1000);
    request.log.info({ method, route, status, ms: Math.round(elapsedTime), caller: caller?.id }, 'request');
  });
}

/** Node's word for it. */
const TOO_SLOW = 'ERR_HTTP_REQUEST_TIMEOUT';

/** What is no HTTP, or came too slowly: no request that a route could be asked for. */
function answerUnreadable(error: { readonly code?: string | undefined }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const isSlow = error.code === TOO_SLOW;
  const failure = failureOf(
    isSlow
      ? new RequestError('timeout', 'Expected the whole request sooner')
      : new RequestError('bad_request', 'Expected an HTTP request but this one cannot be read'),
  );
  const body = JSON.stringify(problemBody(failure, ''));
  const head = `HTTP/1.1 ${failure.status} ${isSlow ? 'Request Timeout' : 'Bad Request'}`;
  socket.end(
    `${head}\r\nconnection: close\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function sendFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const failure = failureOf(error);
  if (failure.status >= 500 && !(error instanceof RequestError)) {
    const facts = { code: failure.code, error: whereFrom(error) };
    // What whoever runs the server can mend, as a net that was not fetched, is no fault of the program.
    if (failure.status === 503) request.log.warn(facts, 'refused');
    else request.log.error(facts, 'failed');
  }
  if (failure.retryAfterSeconds !== null) reply.header('retry-after', failure.retryAfterSeconds);
  // What is left of the body would be taken for the next request.
  if (!request.raw.complete) reply.header('connection', 'close');
  if (failure.status === 401) reply.header('www-authenticate', 'Bearer realm="acquaint"');
  return reply
    .code(failure.status)
    .type('application/problem+json')
    .serializer((body: unknown) => JSON.stringify(body))
    .send(problemBody(failure, request.id));
}

/** An error without its message, which may hold a name. */
function whereFrom(error: unknown): { readonly name: string; readonly at: readonly string[] } {
  if (!(error instanceof Error)) return { name: typeof error, at: [] };
  const at = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { name: error.name, at: at.map((line) => line.trim()) };
}

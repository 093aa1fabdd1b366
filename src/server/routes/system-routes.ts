import { Health, Models, Readiness } from '../../api/shapes.ts';
import { weightsManifest } from '../../index.ts';
import type { App, ServerContext } from '../context.ts';
import { VERSION } from '../version.ts';

const tags = ['system'];

/** How the server does, and what it works with. */
export function addSystemRoutes(
  app: App,
  { settings, collections, metrics, readiness }: ServerContext,
): void {
  app.get(
    '/health',
    {
      config: { scope: 'nobody', rateLimit: false },
      schema: { operationId: 'health', tags, summary: 'Whether the server lives', response: { 200: Health } },
    },
    async () => ({ status: 'ok' as const, version: VERSION }),
  );

  app.get(
    '/ready',
    {
      config: { scope: 'nobody', rateLimit: false },
      schema: {
        operationId: 'ready',
        tags,
        summary: 'Whether it can recognise: 503 while the nets are loaded',
        response: { 200: Readiness, 503: Readiness },
      },
    },
    async (_request, reply) => {
      const status = readiness();
      return reply.code(status === 'ready' ? 200 : 503).send({ status });
    },
  );

  app.get(
    '/metrics',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'metrics',
        tags,
        summary: 'For Prometheus',
        response: {
          200: { description: 'Metrics', content: { 'text/plain': { schema: { type: 'string' } } } },
        },
      },
    },
    async (_request, reply): Promise<never> =>
      reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()) as never,
  );

  app.get(
    '/models',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listModels',
        tags,
        summary: 'The nets, their licences, the recipe of each collection, and what is kept of faces',
        response: { 200: Models },
      },
    },
    async () => ({
      detector: settings.recognizer.detector ?? 'mmod',
      recipes: (await collections.main.gallery.collections()).map(({ name, recipe }) => ({
        collection: name,
        recipe,
      })),
      models: weightsManifest.map(({ id, license, purpose }) => ({ id, license, purpose })),
      keepsCrops: settings.recognizer.keepCrops ?? true,
      isSealed: collections.main.gallery.isSealed,
    }),
  );
}

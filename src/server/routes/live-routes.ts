import Type from 'typebox';
import { LiveMessage, LiveOptions } from '../../api/live-messages.ts';
import { CollectionName } from '../../api/shapes.ts';
import { createFaceTracker } from '../../index.ts';
import type { Access } from '../access.ts';
import type { App, ServerContext } from '../context.ts';
import { factsFrom } from '../facts.ts';
import { runLiveSession } from '../live-session.ts';
import { RequestError } from '../problems.ts';

/** Frames of a camera, answered as they come. */
export function addLiveRoutes(app: App, context: ServerContext, access: Access): void {
  const { settings, collections, queue, metrics, audit } = context;
  let sessions = 0;
  app.get(
    '/collections/:collection/live',
    {
      websocket: true,
      config: { scope: 'recognize', isSocket: true },
      schema: {
        operationId: 'live',
        tags: ['live'],
        summary:
          'A WebSocket: send frames (JPEG or WebP, binary); each answer is one LiveMessage as text. Frames that come ' +
          'faster than they can be worked on are dropped, the newest kept',
        params: Type.Object({ collection: CollectionName }),
        querystring: LiveOptions,
        response: {
          200: {
            description: 'What the socket sends',
            content: { 'application/json': { schema: LiveMessage } },
          },
        },
      },
      // Before the upgrade: whoever is refused gets a problem as an answer.
      preHandler: async (request) => {
        if (request.headers.upgrade === undefined) {
          throw new RequestError('bad_request', 'Expected a WebSocket but received a plain request');
        }
        if (sessions >= settings.maxLiveSessions) {
          throw new RequestError(
            'busy',
            `Expected at most ${settings.maxLiveSessions} live sessions at once`,
            { retryAfterSeconds: 5 },
          );
        }
        factsFrom(request.query.where);
        await collections.get(request.params.collection);
      },
    },
    async (socket, request) => {
      sessions++;
      socket.on('close', () => sessions--);
      const { minFacePx, where } = request.query;
      const caller = request.caller!;
      // Frames that come before somebody listens would be lost.
      socket.pause();
      const recognizer = await collections.get(request.params.collection);
      audit.note(request, 'live');
      runLiveSession(socket, {
        tracker: createFaceTracker(recognizer, { minFacePx, where: factsFrom(where) }),
        queue,
        metrics,
        requestId: request.id,
        isAdmitted: () => access.isStillKnown(caller),
      });
      socket.resume();
    },
  );
}

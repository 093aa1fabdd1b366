import Type from 'typebox';
import { LIVE_CLOSE } from '../../api/live-close.ts';
import { LiveMessage, LiveOptions } from '../../api/live-messages.ts';
import type { LivenessPolicy } from '../../api/liveness-shapes.ts';
import { CollectionName } from '../../api/shapes.ts';
import { createFaceTracker } from '../../index.ts';
import type { Access } from '../access.ts';
import type { App, ServerContext } from '../context.ts';
import { factsFrom } from '../facts.ts';
import { runLiveSession } from '../live-session.ts';
import { RequestError } from '../problems.ts';

/** Frames of a camera, answered as they come. */
export function addLiveRoutes(app: App, context: ServerContext, access: Access): void {
  const { collections, queue, metrics, audit, seats, liveness } = context;
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
        requireNoPass(liveness.policies.of(request.params.collection));
        factsFrom(request.query.where);
        await collections.get(request.params.collection);
        seats.require();
      },
    },
    async (socket, request) => {
      seats.take(socket);
      const { minFacePx, where } = request.query;
      const { collection } = request.params;
      const caller = request.caller!;
      const policy = liveness.policies.of(collection);
      // Frames that come before somebody listens would be lost.
      socket.pause();
      const recognizer = await collections.get(collection);
      audit.note(request, 'live');
      runLiveSession(socket, {
        tracker: createFaceTracker(recognizer, {
          minFacePx,
          where: factsFrom(where),
          requireLive: policy !== 'off',
        }),
        queue,
        metrics,
        requestId: request.id,
        closeCode() {
          if (!access.isStillKnown(caller)) return LIVE_CLOSE.unauthorized;
          return liveness.policies.of(collection) === policy ? null : LIVE_CLOSE.policyChanged;
        },
      });
      socket.resume();
    },
  );
}

/** A stream shows no single picture that a pass could be for. throws  RequestError('liveness_required') */
function requireNoPass(policy: LivenessPolicy): void {
  if (policy !== 'active') return;
  throw new RequestError(
    'liveness_required',
    'Expected a search with the pass of a challenge, which this collection asks for; it has no live recognition',
  );
}

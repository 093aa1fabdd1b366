import Type from 'typebox';
import { ChallengeMessage, ChallengeOptions } from '../../api/challenge-messages.ts';
import { LIVE_CLOSE } from '../../api/live-close.ts';
import { Liveness, LivenessChange, type LivenessPolicy } from '../../api/liveness-shapes.ts';
import { CollectionName } from '../../api/shapes.ts';
import { issueChallenge, type Recognizer } from '../../index.ts';
import type { Access, Caller } from '../access.ts';
import type { App, ServerContext } from '../context.ts';
import { ChallengeJudge } from '../liveness/challenge-judge.ts';
import { runChallengeSession } from '../liveness/challenge-session.ts';
import { RequestError } from '../problems.ts';

const OfCollection = Type.Object({ collection: CollectionName });
const tags = ['liveness'];
/** Whoever stands near enough to be judged is larger (the judge wants 40 pixels between the eyes). */
const MIN_FACE_PX = 80;

/** What a collection asks of a face before it is named, and the challenges that give passes. */
export function addLivenessRoutes(app: App, context: ServerContext, access: Access): void {
  addPolicyRoutes(app, context);
  addChallengeRoute(app, context, access);
}

function addPolicyRoutes(app: App, { settings, collections, audit, liveness }: ServerContext): void {
  const { observer } = settings.liveness;
  const described = (policy: LivenessPolicy) => ({
    policy,
    landmarks: observer.layout,
  });

  app.get(
    '/collections/:collection/liveness',
    {
      // Whoever may ask for names has to know whether a challenge comes first.
      config: { scope: 'any' },
      schema: {
        operationId: 'getLiveness',
        tags,
        summary: 'What a face must show before it is named, and what challenges of this server prove',
        params: OfCollection,
        response: { 200: Liveness },
      },
    },
    async ({ params: { collection } }) => {
      await collections.get(collection);
      return described(liveness.policies.of(collection));
    },
  );

  app.put(
    '/collections/:collection/liveness',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'setLiveness',
        tags,
        summary: 'Another policy; open live sessions of the collection end',
        params: OfCollection,
        body: LivenessChange,
        response: { 200: Liveness },
      },
    },
    async (request) => {
      const { collection } = request.params;
      const { policy } = request.body;
      const recognizer = await collections.get(collection);
      if (policy === 'passive') await requireLivenessNet(recognizer);
      if (policy === 'active') await samePersonDistance(recognizer);
      liveness.policies.set(collection, policy);
      audit.note(request, `set_liveness_${policy}`);
      return described(policy);
    },
  );
}

function addChallengeRoute(app: App, context: ServerContext, access: Access): void {
  const { settings, collections, queue, metrics, audit, seats, liveness } = context;
  const { observer, now, challenge: options } = settings.liveness;
  app.get(
    '/collections/:collection/challenge',
    {
      websocket: true,
      config: { scope: 'recognize', isSocket: true },
      schema: {
        operationId: 'challenge',
        tags,
        summary:
          'A WebSocket: it says at once what to do; send frames (JPEG or WebP, binary, not mirrored) of somebody who ' +
          'does it; the last message has a pass for one search, or why there is none',
        params: OfCollection,
        querystring: ChallengeOptions,
        response: {
          200: {
            description: 'What the socket sends',
            content: { 'application/json': { schema: ChallengeMessage } },
          },
        },
      },
      // Before the upgrade: whoever is refused gets a problem as an answer.
      preHandler: async (request) => {
        if (request.headers.upgrade === undefined) {
          throw new RequestError('bad_request', 'Expected a WebSocket but received a plain request');
        }
        await samePersonDistance(await collections.get(request.params.collection));
        seats.require();
        liveness.attempts.require(attemptsOf(request.caller!, request.ip));
      },
    },
    async (socket, request) => {
      seats.take(socket);
      const { collection } = request.params;
      const caller = request.caller!;
      const passed = liveness.attempts.begin(attemptsOf(caller, request.ip));
      // Frames that come before somebody listens would be lost.
      socket.pause();
      const recognizer = await collections.get(collection);
      const distance = await samePersonDistance(recognizer);
      const challenge = issueChallenge(now(), options);
      audit.note(request, 'challenge', { subject: challenge.id });
      const { minFacePx = MIN_FACE_PX } = request.query;
      runChallengeSession(socket, {
        challenge,
        judge: new ChallengeJudge({
          challenge,
          recognizer,
          observer,
          minFacePx,
          samePersonDistance: distance,
        }),
        queue,
        metrics,
        now,
        requestId: request.id,
        closeCode: () => (access.isStillKnown(caller) ? null : LIVE_CLOSE.unauthorized),
        onPassed({ picture, embedding }) {
          passed();
          audit.note(request, 'pass', { subject: challenge.id });
          return liveness.passes.issue({ collection, challengeId: challenge.id, picture, embedding });
        },
      });
      socket.resume();
    },
  );
}

/** Everybody at this machine has one key, so to say: there the address counts. */
function attemptsOf({ id }: Caller, address: string): string {
  return id === 'local' ? address : id;
}

/** throws  AcquaintError('model_missing') with the command that brings the net; 'not_for_commercial_use' */
async function requireLivenessNet(recognizer: Recognizer): Promise<void> {
  await recognizer.liveness({ width: 1, height: 1, data: new Uint8Array(3) }, { faces: [] });
}

/** Two faces further apart are two people's, as `verify` says. throws  AcquaintError('threshold_unknown') */
async function samePersonDistance(recognizer: Recognizer): Promise<number> {
  return (await recognizer.groupFaces([])).threshold;
}

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AcquaintClient } from 'acquaint/client';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { filmedMan, obedientMan, obedientPrint } from '../../bench/liveness/filmed.js';
import { photos } from '../cli/cli-process.ts';
import { otherWebcamPhoto, printedPhoto, webcamPhoto } from '../liveness/photos.ts';
import { ffmpegPath } from '../liveness/videos.ts';
import { pulledModel } from '../models/pulled-model.ts';
import { Actor, ChallengeSocket, jpegOf, type Message, refused, SteppedClock } from './challenge-client.ts';
import { type Answer, form, type Served, startServed } from './served.ts';

const modelsFolder = await pulledModel('faceplugin-liveness');
const picture = new Uint8Array(await readFile(webcamPhoto));
/** He looks into the camera. */
const straight = new Uint8Array(await readFile(otherWebcamPhoto));

const search = (served: Served, bytes: Uint8Array<ArrayBuffer>, query = '', pass?: string): Promise<Answer> =>
  served.call('POST', `/collections/default/search${query}`, {
    body: bytes,
    headers: { 'content-type': 'image/jpeg', ...(pass !== undefined && { 'x-liveness-pass': pass }) },
  });

const setPolicy = (served: Served, policy: string, collection = 'default'): Promise<Answer> =>
  served.call('PUT', `/collections/${collection}/liveness`, { json: { policy } });

async function enrollFranck(served: Served): Promise<void> {
  await served.server.ready;
  const body = await form(['name', 'Franck'], ['picture', { file: otherWebcamPhoto }]);
  expect((await served.call('POST', '/collections/default/faces', { body })).status).toBe(200);
}

/** The socket's own message for a live frame. */
function liveAnswer(url: string, frame: Uint8Array): Promise<Message> {
  return new Promise((done) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/collections/default/live?minFacePx=60`);
    socket.on('open', () => socket.send(frame));
    socket.on('message', (text) => {
      socket.close();
      done(JSON.parse(String(text)));
    });
  });
}

describe('the policy of a collection', () => {
  let served: Served;
  beforeAll(async () => {
    served = await startServed();
  });
  afterAll(() => served.stop());

  it('is off until it is changed, is written down, and goes with its collection', async () => {
    const path = '/collections/default/liveness';
    const off = { policy: 'off', landmarks: 'dlib5' };
    expect((await served.call('GET', path)).body).toEqual(off);
    expect((await setPolicy(served, 'active')).body).toEqual({ ...off, policy: 'active' });
    expect((await served.call('GET', path)).body.policy).toBe('active');
    expect((await served.call('GET', '/audit')).body.entries[0]).toMatchObject({
      action: 'set_liveness_active',
      collection: 'default',
    });
    expect((await setPolicy(served, 'sometimes')).status).toBe(400);
    expect((await served.call('GET', '/collections/nowhere/liveness')).body.code).toBe(
      'collection_not_found',
    );
    expect((await setPolicy(served, 'active', 'nowhere')).status).toBe(404);
    await served.call('POST', '/collections', { json: { name: 'guests' } });
    await setPolicy(served, 'active', 'guests');
    await served.call('DELETE', '/collections/guests');
    await served.call('POST', '/collections', { json: { name: 'guests' } });
    expect((await served.call('GET', '/collections/guests/liveness')).body.policy).toBe('off');
  });

  it('cannot be passive without a net, and the refusal names the command that brings one', async () => {
    const own = await startServed({
      recognizer: { gallery: join(served.folder, 'other.db'), modelsFolder: join(served.folder, 'nothing') },
    });
    const answer = await setPolicy(own, 'passive');
    expect(answer.status).toBe(503);
    expect(answer.body.code).toBe('model_missing');
    const [command] = answer.body.commands;
    expect(command).toMatch(/^acquaint models pull faceplugin-liveness --models /);
    expect(answer.body.detail).toContain(command);
    expect((await own.call('GET', '/collections/default/liveness')).body.policy).toBe('off');
    expect((await search(own, picture, '?requireLive=true')).body.code).toBe('model_missing');
    await own.stop();
  });

  it('takes the 68 points, which prove more, only where they are asked for', async () => {
    const own = await startServed({
      recognizer: { gallery: join(served.folder, 'free.db') },
      liveness: { sixtyEightPoints: true },
    });
    expect((await own.call('GET', '/collections/default/liveness')).body).toMatchObject({
      landmarks: 'dlib68',
    });
    await own.stop();
  });
});

describe('passive liveness', () => {
  let served: Served;
  let print: Uint8Array<ArrayBuffer>;
  beforeAll(async () => {
    served = await startServed({
      recognizer: {
        modelsFolder,
        detector: 'hog',
        livenessThresholds: { spoofBelow: 0.6, liveFrom: 0.9 },
      },
    });
    await enrollFranck(served);
    print = await printedPhoto();
  });
  afterAll(() => served.stop());

  const spoofed = { decision: 'not_live', person: null, distance: null, confidence: null, runnerUp: null };

  it('judges one search where it is asked for', async () => {
    expect((await search(served, print)).body.faces).toMatchObject([{ decision: 'match', liveness: null }]);
    const [face] = (await search(served, print, '?requireLive=true')).body.faces;
    expect(face).toMatchObject({ ...spoofed, liveness: { decision: 'spoof' } });
  });

  it('names nobody on a picture of a face while it is the policy, in searches and live', async () => {
    expect((await setPolicy(served, 'passive')).status).toBe(200);
    expect((await search(served, print, '?requireLive=false')).body.faces).toMatchObject([spoofed]);
    const [face] = (await search(served, picture)).body.faces;
    expect(face).toMatchObject({ person: { name: 'Franck' }, liveness: { decision: 'live' } });
    const live = await liveAnswer(served.url, picture);
    expect(live.faces).toMatchObject([{ person: { name: 'Franck' }, liveness: { decision: 'live' } }]);
    const shown = await liveAnswer(served.url, print);
    expect(shown.faces).toMatchObject([{ ...spoofed, liveness: { decision: 'spoof' } }]);
  });

  it('ends live sessions that were opened under another policy', async () => {
    await setPolicy(served, 'off');
    const socket = new WebSocket(`${served.url.replace('http', 'ws')}/v1/collections/default/live`);
    await new Promise((done) => socket.once('open', done));
    await setPolicy(served, 'passive');
    const closed = new Promise<number>((done) => socket.once('close', done));
    socket.send(picture);
    expect(await closed).toBe(4403);
  });
});

describe('a challenge that is passed', () => {
  const clock = new SteppedClock();
  const man = filmedMan(ffmpegPath);
  const [portrait] = man.straight.during;
  const liveness = { now: clock.now, maxFailedChallenges: 20, challenge: { stepCount: 3, stepMs: 4000 } };
  const recognizer = { detector: 'hog' } as const;
  let served: Served;
  beforeAll(async () => {
    served = await startServed({ liveness, recognizer });
    await enrollMan();
  });
  afterAll(() => served.stop());

  async function enrollMan(): Promise<void> {
    await served.server.ready;
    const file = join(served.folder, 'man.jpg');
    await writeFile(file, await jpegOf(portrait!));
    const body = await form(['name', 'Sam'], ['picture', { file }]);
    expect((await served.call('POST', '/collections/default/faces', { body })).status).toBe(200);
    expect((await setPolicy(served, 'active')).status).toBe(200);
  }
  const filmed = () => new Actor(clock, obedientMan(man));

  it('gives a pass for one search of its own frame, here, and for nothing else', async () => {
    const actor = filmed();
    expect((await search(served, picture)).body).toMatchObject({ status: 403, code: 'liveness_required' });
    const socket = new ChallengeSocket(served.url);
    const closed = socket.closed();
    const last = await actor.perform(socket);
    const shown = actor.sent[last.frame - 1]!;
    expect(last).toMatchObject({ type: 'passed', pass: expect.any(String), frame: expect.any(Number) });
    expect(Date.parse(last.expiresAt)).toBe(clock.now() + 60_000);
    expect(await closed).toBe(1000);
    const [drawn, ...answers] = socket.messages;
    expect(drawn).toMatchObject({ type: 'challenge', id: expect.any(String), totalMs: 60_000 });
    const asked = answers
      .flatMap(({ action }) => action ?? [])
      .filter((action, i, all) => action !== all[i - 1]);
    expect(asked.filter((action) => action !== 'look_straight')).toEqual(drawn.steps);
    const bound = answers.find(({ frame }) => frame === last.frame);
    expect(bound).toMatchObject({ step: 3, steps: 3, action: 'look_straight' });
    expect(bound.box).toMatchObject({ left: expect.any(Number) });

    const { pass } = last;
    const codeOf = async (bytes: Uint8Array<ArrayBuffer>, token: string) => {
      const { status, body } = await search(served, bytes, '', token);
      expect([status, body.faces]).toEqual([403, undefined]);
      return body.code;
    };
    expect(await codeOf(shown, 'no pass')).toBe('pass_malformed');
    const changed = pass.slice(0, -8) + (pass.at(-8) === 'A' ? 'B' : 'A') + pass.slice(-7);
    expect(await codeOf(shown, changed)).toBe('pass_forged');
    expect(await codeOf(shown, `${'0'.repeat(32)}${pass.slice(32)}`)).toBe('pass_other_challenge');
    const same = new Uint8Array(await sharp(shown).jpeg({ quality: 95 }).toBuffer());
    expect(await codeOf(same, pass)).toBe('pass_other_picture');
    const elsewhere = await served.call('POST', '/collections', { json: { name: 'guests' } });
    expect(elsewhere.status).toBe(200);
    const there = await served.call('POST', '/collections/guests/search', {
      body: shown,
      headers: { 'content-type': 'image/jpeg', 'x-liveness-pass': pass },
    });
    expect(there.body.code).toBe('pass_other_challenge');

    const found = await search(served, shown, `?pass=${encodeURIComponent(pass)}`);
    expect(found.body.faces).toMatchObject([{ decision: 'match', person: { name: 'Sam' } }]);
    expect(await codeOf(shown, pass)).toBe('pass_used');
    const actions = (await served.call('GET', '/audit')).body.entries.map(({ action }: Message) => action);
    expect(actions).toEqual(expect.arrayContaining(['challenge', 'pass', 'search']));
    expect((await served.call('GET', '/metrics')).text).toContain(
      'acquaint_challenges_total{outcome="passed"} 1',
    );
    expect(served.log()).not.toContain(pass);

    // The key outlives the server; so does what was used.
    const gallery = join(served.folder, 'people.db');
    await served.server.close();
    const again = await startServed({
      data: join(served.folder, 'data'),
      recognizer: { ...recognizer, gallery },
      liveness,
    });
    expect((await search(again, shown, '', pass)).body.code).toBe('pass_used');
    await again.stop();
    served = await startServed({ liveness, recognizer });
    await enrollMan();
    expect((await search(served, shown, '', pass)).body.code).toBe('pass_forged');
  });

  it('gives a pass that is over after a minute', async () => {
    const actor = filmed();
    const { type, pass, frame } = await actor.perform(new ChallengeSocket(served.url));
    expect(type).toBe('passed');
    clock.advance(60_000);
    expect((await search(served, actor.sent[frame - 1]!, '', pass)).body).toMatchObject({
      status: 403,
      code: 'pass_expired',
    });
  });

  it.each(['turned about an upright axis', 'turned and tilted', 'turned and rolled'] as const)(
    'is not passed by a print of him that is moved as asked: %s',
    async (how) => {
      const actor = new Actor(clock, obedientPrint(portrait, how));
      const last = await actor.perform(new ChallengeSocket(served.url));
      expect(last).toEqual({
        type: 'failed',
        reason: expect.stringMatching(/^(flat_picture|wrong_step|too_late)$/),
      });
    },
  );

  it('is passed with the client, which keeps the frame for the search', async () => {
    const actor = filmed();
    const client = new AcquaintClient({ baseUrl: served.url });
    const passed = await new Promise<Message>((resolve, reject) => {
      const connection = client.challenge(
        {
          onChallenge: async () => connection.send(await actor.next('look_straight')),
          onGuidance: async ({ action }) => connection.send(await actor.next(action)),
          onPassed: resolve,
          onFailed: reject,
        },
        { WebSocket: WebSocket as never },
      );
    });
    expect(passed.picture).toBe(actor.sent[passed.frame - 1]);
    const { faces } = await client.search(passed.picture, { pass: passed.pass });
    expect(faces).toMatchObject([{ person: { name: 'Sam' } }]);
  });
});

describe('a challenge that is not passed', () => {
  const clock = new SteppedClock();
  let served: Served;
  beforeAll(async () => {
    served = await startServed({
      maxUploadBytes: 2_000_000,
      liveness: { now: clock.now, maxFailedChallenges: 1000, challenge: { stepMs: 1500 } },
    });
    await served.server.ready;
  });
  afterAll(() => served.stop());

  it('fails a photo that is shown and does nothing', async () => {
    const socket = new ChallengeSocket(served.url);
    let last: Message;
    do {
      clock.advance(100);
      last = await socket.ask(straight);
    } while (last.type === 'guidance');
    expect(last).toEqual({ type: 'failed', reason: 'too_late' });
    expect(socket.messages.some(({ action }) => action === socket.messages[0].steps[0])).toBe(true);
  });

  it('fails another person who comes in between', async () => {
    const socket = new ChallengeSocket(served.url);
    let last = await socket.ask(straight);
    while (last.action === 'look_straight') {
      clock.advance(100);
      last = await socket.ask(straight);
    }
    const other = await sharp(photos.otherCage).resize({ height: 400 }).jpeg().toBuffer();
    while (last.type === 'guidance') {
      clock.advance(100);
      last = await socket.ask(other);
    }
    expect(last.type).toBe('failed');
  });

  it('says that there is no face, or more than one', async () => {
    const socket = new ChallengeSocket(served.url);
    const empty = await sharp({ create: { width: 640, height: 480, channels: 3, background: '#808080' } })
      .jpeg()
      .toBuffer();
    expect(await socket.ask(empty)).toMatchObject({ type: 'guidance', problem: 'no_face', box: null });
    const several = await sharp(await readFile(photos.group))
      .jpeg()
      .toBuffer();
    expect(await socket.ask(several)).toMatchObject({ type: 'guidance', problem: 'several_faces', frame: 2 });
    expect(await socket.ask(Buffer.from('nothing'))).toMatchObject({
      type: 'problem',
      problem: { code: 'not_an_image' },
    });
    socket.socket.close();
  });

  it('expires when nothing comes, and fails when frames stay away', async () => {
    const socket = new ChallengeSocket(served.url);
    await socket.message(0);
    clock.advance(60_001);
    expect(await socket.message(1)).toEqual({ type: 'failed', reason: 'expired' });
    const left = new ChallengeSocket(served.url);
    let last = await left.ask(straight);
    while (last.action === 'look_straight') {
      clock.advance(100);
      last = await left.ask(straight);
    }
    clock.advance(1100);
    expect(await left.message(left.messages.length)).toEqual({ type: 'failed', reason: 'stream_gap' });
  });

  it('closes a socket that sends text or too large a frame', async () => {
    const text = new ChallengeSocket(served.url);
    await text.message(0);
    text.socket.send('hello');
    expect(await text.closed()).toBe(4400);
    const large = new ChallengeSocket(served.url);
    await large.message(0);
    large.socket.send(new Uint8Array(3_000_000));
    expect(await large.closed()).toBe(1009);
    expect((await served.call('GET', '/collections/default/challenge')).status).toBe(400);
    expect((await refused(new ChallengeSocket(served.url, { collection: 'nowhere' }))).status).toBe(404);
  });

  it('is drawn for so many callers at once, and so often for one, whether they wait for its end or not', async () => {
    const own = await startServed({
      maxLiveSessions: 3,
      liveness: { now: clock.now, maxFailedChallenges: 4 },
    });
    const open = [1, 2, 3].map(() => new ChallengeSocket(own.url));
    await Promise.all(open.map((socket) => socket.message(0)));
    expect((await refused(new ChallengeSocket(own.url))).status).toBe(503);
    for (const socket of open) {
      socket.socket.close();
      await socket.closed();
    }
    const fourth = new ChallengeSocket(own.url);
    await fourth.message(0);
    fourth.socket.close();
    await fourth.closed();
    const { status, retryAfter } = await refused(new ChallengeSocket(own.url));
    expect(status).toBe(429);
    expect(Number(retryAfter)).toBe(600);
    clock.advance(600_000);
    const later = new ChallengeSocket(own.url);
    await later.message(0);
    later.socket.close();
    await own.stop();
  });

  it('can be drawn again when a clock that ran ahead is set back', async () => {
    const own = await startServed({ liveness: { now: clock.now, maxFailedChallenges: 1 } });
    const draw = async () => {
      const drawn = new ChallengeSocket(own.url);
      await drawn.message(0);
      drawn.socket.close();
      await drawn.closed();
    };
    clock.advance(86_400_000);
    await draw();
    clock.advance(-86_400_000);
    await draw();
    expect((await refused(new ChallengeSocket(own.url))).status).toBe(429);
    await own.stop();
  });

  it('leaves no live recognition to a collection that asks for one', async () => {
    await setPolicy(served, 'active');
    const status = await new Promise<number>((done) => {
      const socket = new WebSocket(`${served.url.replace('http', 'ws')}/v1/collections/default/live`);
      socket.on('error', () => {});
      socket.on('unexpected-response', (_request, answer) => done(answer.statusCode ?? 0));
    });
    expect(status).toBe(403);
    await setPolicy(served, 'off');
  });
});

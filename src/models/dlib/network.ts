import type { OverlapRule } from '../../core/geometry.ts';
import { DlibReader } from './deserialize.ts';
import { type NetLayer, readLayer } from './layers.ts';

/** What a net subtracts from each channel before dividing by 256 (dnn/input.h). */
export interface ChannelMeans {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

export interface DetectorWindow {
  readonly width: number;
  readonly height: number;
}

/** How the scores of a max-margin detector become detections (mmod_options in dnn/loss.h). */
export interface MmodOptions {
  readonly windows: readonly DetectorWindow[];
  readonly suppression: OverlapRule;
}

/** The net's outermost layer; only a detector's says anything that matters after training. */
export type NetLoss = { readonly kind: 'metric' } | { readonly kind: 'mmod'; readonly options: MmodOptions };

/** The net's innermost layer. `size`: the only picture it takes; `pyramid`: how dlib tiles a picture of any size. */
export interface NetInput {
  readonly means: ChannelMeans;
  readonly size: { readonly width: number; readonly height: number } | null;
  readonly pyramid: { readonly paddingPx: number; readonly outerPaddingPx: number } | null;
}

/** A dlib net: its layers from the input to the output. */
export interface DlibNetwork {
  readonly name: string;
  readonly loss: NetLoss;
  readonly input: NetInput;
  readonly layers: readonly NetLayer[];
}

/** The deepest nesting that is read; ResNet-29 has 122 layers. */
const maxNesting = 4096;

/**
 * Reads a dlib .dat net (dnn/core.h): every layer writes its version, then its sub-net, then its own details, so
 * the file holds all versions from the loss inwards, the input layer, then all details from the input outwards.
 * Tags and skips have version 1 and no details; computing layers have version 2, the innermost version 3.
 * throws  AcquaintError('model_corrupt')
 */
export function parseNetwork(bytes: Uint8Array, name: string): DlibNetwork {
  const reader = new DlibReader(bytes, name);
  reader.version('a net', 1);
  const loss = readLoss(reader);
  const computes = readNesting(reader);
  const input = readInput(reader);
  const layers = computes.map((computing, i): NetLayer => {
    if (!computing) return { kind: 'mark' };
    const layer = readLayer(reader);
    skipTrainingState(reader, i === 0);
    return layer;
  });
  reader.end();
  return { name, loss, input, layers };
}

/** From the input outwards: true for a layer that computes, false for a tag or skip. */
function readNesting(reader: DlibReader): readonly boolean[] {
  const computes: boolean[] = [];
  while (computes.length < maxNesting) {
    const version = reader.version('a layer', 1, 2, 3);
    computes.push(version !== 1);
    if (version === 3) return computes.reverse();
  }
  throw reader.corrupt(`at most ${maxNesting} layers`);
}

/** Flags, gradients and cached outputs that dlib keeps for training; empty in published nets. */
function skipTrainingState(reader: DlibReader, innermost: boolean): void {
  for (let flag = 0; flag < 3; flag++) reader.bool();
  for (let tensor = 0; tensor < 3; tensor++) reader.tensor();
  if (innermost) reader.intWithin(1, 1, 'a sample expansion factor');
}

function readLoss(reader: DlibReader): NetLoss {
  const kind = reader.string();
  if (kind === 'loss_metric_2') {
    // Margin and distance threshold of the training: not used afterwards.
    reader.float();
    reader.float();
    return { kind: 'metric' };
  }
  if (kind === 'loss_mmod_') return { kind: 'mmod', options: readMmodOptions(reader) };
  throw reader.corrupt(`a known loss layer (found ${JSON.stringify(kind)})`);
}

function readMmodOptions(reader: DlibReader): MmodOptions {
  // Later versions hold several windows and box regression; the published face detector is version 1.
  reader.version('detector options', 1);
  const side = () => reader.intWithin(1, 1000, 'the side of a detector window');
  const window = { width: side(), height: side() };
  for (let trainingLoss = 0; trainingLoss < 3; trainingLoss++) reader.float();
  const suppression = readOverlapRule(reader);
  // What training ignores.
  readOverlapRule(reader);
  return { windows: [window], suppression };
}

function readOverlapRule(reader: DlibReader): OverlapRule {
  const iou = reader.float();
  const covered = reader.float();
  if (!(iou >= 0 && iou <= 1 && covered >= 0 && covered <= 1)) {
    throw reader.corrupt('overlap thresholds from 0 to 1');
  }
  return { iou, covered };
}

function readInput(reader: DlibReader): NetInput {
  const kind = reader.string();
  const means = { red: reader.float(), green: reader.float(), blue: reader.float() };
  if (kind === 'input_rgb_image_sized') {
    const height = reader.intWithin(1, 10000, "the picture's height");
    const width = reader.intWithin(1, 10000, "the picture's width");
    return { means, size: { width, height }, pyramid: null };
  }
  // Version 1 of the pyramid input does not say its padding: dnn/input.h has these defaults.
  const padding = { paddingPx: 10, outerPaddingPx: 11 };
  if (kind === 'input_rgb_image_pyramid') return { means, size: null, pyramid: padding };
  throw reader.corrupt(`a known input layer (found ${JSON.stringify(kind)})`);
}

import type { OverlapRule } from '../../core/geometry.ts';
import type { TileSpacing } from '../../core/tiled-pyramid.ts';
import { weightsEntry } from '../manifest.ts';
import { encodeModel } from '../onnx/encode.ts';
import { nothingPrepared } from '../prepared-files.ts';
import { type ModelSource, readWeights } from '../weights.ts';
import { type DlibNetwork, parseNetwork } from './network.ts';
import { buildSplitNetwork, type SplitNetwork } from './network-graph.ts';

/** What MMOD's file holds: its net in two serialised graphs, and how it is to be used. */
export interface MmodNet {
  /** From pixels to features, an eighth of the size. */
  readonly stem: Uint8Array;
  /** From features to scores. */
  readonly head: Uint8Array;
  readonly geometry: MmodGeometry;
}

export interface MmodGeometry {
  readonly suppression: OverlapRule;
  readonly spacing: TileSpacing;
  /** What the net was trained to see beside a level: dlib fills the plane after normalising, with the mean colour. */
  readonly background: readonly [number, number, number];
}

/** The three convolutions of stride 2. */
const STEM_CONVOLUTIONS = 3;

/** throws  AcquaintError('model_missing' | 'model_corrupt') */
export async function prepareMmod({
  weightsFolder,
  prepared = nothingPrepared,
}: ModelSource): Promise<MmodNet> {
  const weights = weightsEntry('dlib-mmod');
  let parsed: Promise<{ network: DlibNetwork; graphs: SplitNetwork }> | undefined;
  const parts = () => {
    parsed ??= readWeights(weights, weightsFolder).then((bytes) => {
      const network = parseNetwork(bytes, 'dlib-mmod');
      return { network, graphs: buildSplitNetwork(network, STEM_CONVOLUTIONS) };
    });
    return parsed;
  };
  const stem = await prepared.get(weights, 'stem', async () => encodeModel((await parts()).graphs.stem));
  const head = await prepared.get(weights, 'head', async () => encodeModel((await parts()).graphs.head));
  const geometry = await prepared.get(weights, 'geometry', async () =>
    new TextEncoder().encode(JSON.stringify(geometryOf((await parts()).network))),
  );
  return { stem, head, geometry: JSON.parse(new TextDecoder().decode(geometry)) };
}

function geometryOf({ loss, input }: DlibNetwork): MmodGeometry {
  if (loss.kind !== 'mmod') throw new TypeError('Expected a detector but received an embedding net');
  if (input.pyramid === null) throw new TypeError('Expected a pyramid input but received one size');
  const { red, green, blue } = input.means;
  return {
    suppression: loss.options.suppression,
    spacing: input.pyramid,
    background: [Math.round(red), Math.round(green), Math.round(blue)],
  };
}

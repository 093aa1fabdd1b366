import { AcquaintError } from '../errors.ts';
import type { ModelPack } from './catalog.ts';
import { pullCommand } from './store.ts';

/** A model under a licence: a pack, or weights that come with the package. */
export interface LicensedModel {
  readonly id: string;
  readonly license: string;
  readonly commercialUse: boolean;
  readonly dataNote: string;
}

/**
 * throws  AcquaintError('not_for_commercial_use') when the use is commercial and the model's licence excludes it,
 *         whatever was accepted
 */
export function requireAllowedUse(model: LicensedModel, commercial = false): void {
  if (model.commercialUse || !commercial) return;
  throw new AcquaintError(
    'not_for_commercial_use',
    `The model ${model.id} may not be used commercially (licence ${model.license}), and commercial use is set. ` +
      `${model.dataNote} Take another model: acquaint models lists them.`,
  );
}

/**
 * Packs free for commercial use want nothing; the others want their licence named.
 * folder  where the pack is to go: the command that the refusal suggests brings it there
 * throws  AcquaintError('license_not_accepted') when another licence or none is named
 */
export function requireAccepted(pack: ModelPack, acceptLicense: string | undefined, folder: string): void {
  if (pack.commercialUse || acceptLicense === pack.license) return;
  throw new AcquaintError(
    'license_not_accepted',
    `The model ${pack.id} is under the licence ${pack.license}, which allows no commercial use. ${pack.dataNote} ` +
      `Expected that licence to be accepted by its name but received ${acceptLicense ?? 'none'}. ` +
      `If you accept it: ${pullCommand(pack, folder)}`,
  );
}

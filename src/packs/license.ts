import { AcquaintError } from '../errors.ts';
import type { ModelPack } from './catalog.ts';
import { pullCommand } from './store.ts';

/**
 * throws  AcquaintError('not_for_commercial_use') when the use is commercial and the pack's licence excludes it,
 *         whatever was accepted
 */
export function requireAllowedUse(pack: ModelPack, commercial = false): void {
  if (pack.commercialUse || !commercial) return;
  throw new AcquaintError(
    'not_for_commercial_use',
    `The model ${pack.id} may not be used commercially (licence ${pack.license}), and commercial use is set. ` +
      `${pack.dataNote} Take another model: acquaint models lists them.`,
  );
}

/**
 * Packs free for commercial use want nothing; the others want their licence named.
 * throws  AcquaintError('license_not_accepted') when another licence or none is named
 */
export function requireAccepted(pack: ModelPack, acceptLicense: string | undefined): void {
  if (pack.commercialUse || acceptLicense === pack.license) return;
  throw new AcquaintError(
    'license_not_accepted',
    `The model ${pack.id} is under the licence ${pack.license}, which allows no commercial use. ${pack.dataNote} ` +
      `Expected that licence to be accepted by its name but received ${acceptLicense ?? 'none'}. ` +
      `If you accept it: ${pullCommand(pack)}`,
  );
}

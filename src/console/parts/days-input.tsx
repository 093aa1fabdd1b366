import { NumberInput, type NumberInputProps } from '@mantine/core';
import { MOST_DAYS } from '../../client/index.ts';
import { t } from '../texts/texts.ts';
import type { Limits } from './limits.ts';

export const daysFrom = (min: number): Limits => ({ min, max: MOST_DAYS });

interface DaysInputProps extends NumberInputProps {
  readonly limits: Limits;
  readonly isWrong: boolean;
}

/** A number of days, which is told when it is none, and not changed. */
export function DaysInput({ limits, isWrong, ...props }: DaysInputProps) {
  return (
    <NumberInput
      {...limits}
      error={isWrong && t.settings.between(limits.min, limits.max)}
      clampBehavior="none"
      // The page itself writes 36,500.
      allowedDecimalSeparators={['.']}
      {...props}
    />
  );
}

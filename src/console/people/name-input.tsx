import { Autocomplete } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { usePeople } from '../server/people-queries.ts';
import { t } from '../texts/texts.ts';

interface NameInputProps {
  readonly value: string;
  readonly onChange: (name: string) => void;
  readonly isFixed?: boolean;
  readonly label?: string;
}

const SUGGESTIONS = 8;
/** As the server has it, characters. */
export const MOST_NAME_LENGTH = 200;
/** 'anna' and 'Anna' are most likely one person. */
const SAME_LETTERS = new Intl.Collator(undefined, { sensitivity: 'base' });

/** A new name, or one that is enrolled already. */
export function NameInput({ value, onChange, isFixed = false, label = t.enroll.name }: NameInputProps) {
  const [query] = useDebouncedValue(value.trim(), 200);
  const { data } = usePeople(query, 0, SUGGESTIONS);
  const names = data?.people.map(({ name }) => name) ?? [];
  const trimmed = value.trim();
  const isKnown = names.includes(trimmed);
  const twin = isKnown ? undefined : names.find((name) => SAME_LETTERS.compare(name, trimmed) === 0);
  return (
    <Autocomplete
      label={label}
      // A list of nothing but what stands there would only hide the button below.
      data={names.filter((name) => name !== trimmed)}
      value={value}
      onChange={onChange}
      disabled={isFixed}
      required
      data-autofocus
      openOnFocus={false}
      autoComplete="off"
      maxLength={MOST_NAME_LENGTH}
      description={twin ? t.enroll.twin(twin) : isKnown ? t.enroll.known(trimmed) : t.enroll.newName}
    />
  );
}

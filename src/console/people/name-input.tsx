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

/** A new name, or one that is enrolled already. */
export function NameInput({ value, onChange, isFixed = false, label = t.enroll.name }: NameInputProps) {
  const [query] = useDebouncedValue(value.trim(), 200);
  const { data } = usePeople(query, 0, SUGGESTIONS);
  const names = data?.people.map(({ name }) => name) ?? [];
  const isKnown = names.includes(value.trim());
  return (
    <Autocomplete
      label={label}
      data={names}
      value={value}
      onChange={onChange}
      disabled={isFixed}
      required
      data-autofocus
      openOnFocus={false}
      autoComplete="off"
      maxLength={400}
      description={isKnown ? t.enroll.known(value.trim()) : t.enroll.newName}
    />
  );
}

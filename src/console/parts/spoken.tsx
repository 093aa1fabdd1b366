import { useDebouncedValue } from '@mantine/hooks';

const STANDS_MS = 700;

/** For texts that change with every frame: told to whoever listens once they have stood for a moment. */
export function Spoken({ text }: { text: string }) {
  const [said] = useDebouncedValue(text, STANDS_MS);
  return (
    <span className="sr-only" role="status">
      {said}
    </span>
  );
}

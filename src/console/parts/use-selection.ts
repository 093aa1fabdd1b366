import { useState } from 'react';

/** Things chosen out of a list, by their ids. */
export function useSelection() {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  return {
    has: (id: string) => selected.has(id),
    toggle: (id: string) =>
      setSelected((last) =>
        last.has(id) ? new Set([...last].filter((other) => other !== id)) : new Set([...last, id]),
      ),
    clear: () => setSelected(new Set()),
  };
}

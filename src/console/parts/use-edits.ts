import { useState } from 'react';

/** What a form shows: what is saved, and over it what was changed here since. */
export function useEdits<Values extends object>(saved: Values) {
  const [edits, setEdits] = useState<Partial<Values>>({});
  return {
    values: { ...saved, ...edits },
    edit: (what: Partial<Values>) => setEdits((last) => ({ ...last, ...what })),
    /** They are saved. */
    settle: () => setEdits({}),
  };
}

import { useState } from 'react';

/** What a form shows: what is saved, and over it what was changed here since. */
export function useEdits<Values extends object>(saved: Values) {
  const [edits, setEdits] = useState<Partial<Values>>({});
  return {
    values: { ...saved, ...edits },
    /** Only what was changed here: others may have changed the rest meanwhile. */
    edits,
    edit: (what: Partial<Values>) => setEdits((last) => ({ ...last, ...what })),
    /** They are saved; what was changed again while they were sent stays. */
    settle: (sent: Values) =>
      setEdits((last) => {
        const names = Object.keys(last) as (keyof Values)[];
        const later = names.filter((name) => last[name] !== sent[name]);
        return Object.fromEntries(later.map((name) => [name, last[name]])) as Partial<Values>;
      }),
  };
}

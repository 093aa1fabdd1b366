import type { Enrollment, ErrorCode } from '../index.ts';
import type { EnrollPlan } from './enroll-jobs.ts';
import { colors, complain, counted, failureJson, failureText, note, print, printJson } from './output.ts';
import { printable } from './printable.ts';
import { renderTable } from './table.ts';

/** What became of one picture; its fields are those of the JSON. */
export interface EnrollOutcome {
  readonly file: string;
  /** null: a picture that lies beside the people's folders. */
  readonly person: string | null;
  readonly status: Enrollment['status'];
  /** Beside the library's codes: `bad_name`, a folder whose name cannot be a person's; `no_person`. */
  readonly reason?: ErrorCode | 'bad_name' | 'no_person';
  readonly message?: string;
  readonly face?: NonNullable<Enrollment['face']>;
  readonly lookalike?: NonNullable<Enrollment['lookalike']>;
}

interface Tally {
  enrolled: number;
  skipped: number;
  failed: number;
}

/** Collects what became of each picture: JSON as it comes; a table and the failures at the end. */
export function createEnrollReport({ json, quiet }: { readonly json?: boolean; readonly quiet?: boolean }) {
  const people = new Map<string, Tally>();
  const problems: string[] = [];
  let failed = 0;
  const add = (outcome: EnrollOutcome): void => {
    const { person, status } = outcome;
    if (status === 'failed') failed++;
    if (json) printJson(outcome);
    else if (status === 'failed') problems.push(problemText(outcome));
    if (person === null) return;
    const tally = people.get(person) ?? { enrolled: 0, skipped: 0, failed: 0 };
    tally[status]++;
    people.set(person, tally);
  };
  return {
    add,
    addPlan({ strays, failures }: EnrollPlan): void {
      for (const file of strays) {
        if (json) add({ file, person: null, status: 'skipped', reason: 'no_person' });
      }
      if (strays.length > 0 && !quiet && !json) note(strayText(strays));
      for (const failure of failures) {
        failed++;
        if (json) printJson(failureJson(failure));
        else problems.push(failureText(failure));
      }
    },
    end(): void {
      if (!json && people.size > 0) print(tallyTable(people));
      for (const problem of problems) complain(problem);
    },
    failed: () => failed,
  };
}

function problemText({ file, message, reason, lookalike }: EnrollOutcome): string {
  const whom = lookalike ? `looks like ${lookalike.name}, distance ${lookalike.distance.toFixed(3)}. ` : '';
  const text = `${whom}${message ?? reason ?? 'failed'}`;
  return text.includes(file) ? text : `${file}: ${text}`;
}

function strayText(strays: readonly string[]): string {
  const which = strays.length === 1 ? strays[0] : `${strays[0]} and ${strays.length - 1} more`;
  return `Skipped ${which}: a picture must lie in a folder with the person's name, or be enrolled with --name NAME.`;
}

function tallyTable(people: ReadonlyMap<string, Tally>): string {
  const rows = [...people].map(([name, tally]) => tallyRow(printable(name), tally));
  if (people.size > 1)
    rows.push(tallyRow(counted(people.size, 'person', 'people'), total([...people.values()])));
  return renderTable(
    [
      { title: 'person' },
      { title: 'enrolled', align: 'right' },
      { title: 'skipped', align: 'right' },
      { title: 'failed', align: 'right' },
    ],
    rows,
  );
}

function tallyRow(name: string, { enrolled, skipped, failed }: Tally): string[] {
  return [
    name,
    enrolled > 0 ? colors.green(String(enrolled)) : '0',
    skipped > 0 ? `${skipped}` : '0',
    failed > 0 ? colors.red(String(failed)) : '0',
  ];
}

function total(tallies: readonly Tally[]): Tally {
  const sum = (key: keyof Tally): number => tallies.reduce((count, tally) => count + tally[key], 0);
  return { enrolled: sum('enrolled'), skipped: sum('skipped'), failed: sum('failed') };
}

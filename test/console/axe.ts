import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { settled } from './settled.ts';

/**
 * What axe finds on the page that keeps people out (its impacts "serious" and "critical"), a sentence for each place.
 * Contrast is measured as the page looks now: ask once in each colour scheme.
 */
export async function accessibilityProblems(page: Page): Promise<readonly string[]> {
  await settled(page);
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, impact, help, nodes }) =>
      nodes.map((node) => `${help} (${impact}, ${id}): ${node.target.join(' ')}${reasonOf(node)}`),
    );
}

/** Throws an Error that lists what `accessibilityProblems` finds, if anything. */
export async function expectAccessible(page: Page): Promise<void> {
  const problems = await accessibilityProblems(page);
  if (problems.length > 0)
    throw new Error(`Expected an accessible page for ${page.url()} but received:\n${problems.join('\n')}`);
}

/** The first of axe's reasons: "Element has insufficient color contrast of 1.6 …". */
function reasonOf({ any, all, none }: { any: Reasons; all: Reasons; none: Reasons }): string {
  const [first] = [...all, ...none, ...any];
  return first === undefined ? '' : `. ${first.message}`;
}

type Reasons = readonly { readonly message: string }[];

import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { settled } from './settled.ts';

const folder = resolve('test-output/console');

const DEVICES = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
} as const;

export type Device = keyof typeof DEVICES;
export type ColorScheme = 'light' | 'dark';

/**
 * Keeps the whole page as `test-output/console/<name>-<scheme>-<device>.png`, for people to look at, and answers the path.
 * The page stays that wide and in that scheme.
 */
export async function keepScreenshot(
  page: Page,
  name: string,
  { colorScheme, device }: { readonly colorScheme: ColorScheme; readonly device: Device },
): Promise<string> {
  if (!/^[a-z0-9-]+$/.test(name))
    throw new RangeError(`Expected small letters, digits, "-" for name but received ${name}`);
  const path = join(folder, `${name}-${colorScheme}-${device}.png`);
  await mkdir(folder, { recursive: true });
  await page.setViewportSize(DEVICES[device]);
  await page.emulateMedia({ colorScheme });
  await settled(page);
  await page.screenshot({ path, fullPage: true, animations: 'disabled' });
  return path;
}

/** All four of a page; afterwards it is as wide and as bright as before. */
export async function keepScreenshots(page: Page, name: string): Promise<readonly string[]> {
  const viewport = page.viewportSize();
  const paths: string[] = [];
  for (const device of ['desktop', 'phone'] as const)
    for (const colorScheme of ['light', 'dark'] as const)
      paths.push(await keepScreenshot(page, name, { colorScheme, device }));
  await page.emulateMedia({ colorScheme: null });
  if (viewport) await page.setViewportSize(viewport);
  return paths;
}

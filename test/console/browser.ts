import { existsSync } from 'node:fs';
import { type Browser, chromium, type LaunchOptions, type Page } from 'playwright-core';
import { npmChromium, npmHasChromium } from './npm-chromium.ts';

/** How a page is looked at. */
export interface PageOptions {
  /** CSS pixels. Default 1280 x 800. */
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Default light. */
  readonly colorScheme?: 'light' | 'dark';
}

export interface BrowserOptions extends PageOptions {
  /**
   * What stands before the camera: the path of a .y4m file, shown over and over from its beginning (`fakeCamera`).
   * 'none': the computer has no camera, which is the default. 'refused': the user does not allow it. 'two': the browser's
   * own drawings, from two cameras.
   */
  readonly camera?: string;
}

export interface OpenedBrowser {
  readonly browser: Browser;
  /** A page with cookies and storage of its own; options left out are those of the browser. */
  page(options?: PageOptions): Promise<Page>;
  close(): Promise<void>;
}

const COMMON_ARGUMENTS = [
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * A real browser without a window: npm's Chromium on Linux (x64), elsewhere the Chrome or Edge of the computer. To be
 * closed by the caller; it also ends with this process.
 * throws    Error where the computer has none
 */
export async function openBrowser({
  camera = 'none',
  ...looks
}: BrowserOptions = {}): Promise<OpenedBrowser> {
  const args = [...COMMON_ARGUMENTS, ...cameraArguments(camera)];
  const browser = await (npmHasChromium ? launchNpmChromium(args) : launchInstalled(args));
  return {
    browser,
    page: (options) => openPage(browser, { ...looks, ...options }),
    close: () => browser.close(),
  };
}

async function openPage(
  browser: Browser,
  { viewport = { width: 1280, height: 800 }, colorScheme = 'light' }: PageOptions,
): Promise<Page> {
  const context = await browser.newContext({
    viewport,
    colorScheme,
    // What fades in or out would be measured, and photographed, half gone.
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'UTC',
  });
  return context.newPage();
}

function cameraArguments(camera: string): readonly string[] {
  if (camera === 'refused')
    return ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream=deny'];
  const allow = '--use-fake-ui-for-media-stream';
  // Never the camera of whoever runs the tests.
  if (camera === 'none') return ['--use-fake-device-for-media-stream=device-count=0', allow];
  if (camera === 'two') return ['--use-fake-device-for-media-stream=device-count=2', allow];
  if (!existsSync(camera)) throw new RangeError(`Expected a .y4m file for camera but received ${camera}`);
  return ['--use-fake-device-for-media-stream', allow, `--use-file-for-fake-video-capture=${camera}`];
}

async function launchNpmChromium(args: readonly string[]): Promise<Browser> {
  const { executablePath, env } = await npmChromium();
  return chromium.launch({
    executablePath,
    // Root has no sandbox in a container; the pages are our own.
    args: [...args, '--no-sandbox'],
    env: { ...definedEnvironment(), ...env },
  });
}

async function launchInstalled(args: readonly string[]): Promise<Browser> {
  const debian = '/usr/bin/chromium';
  const choices: LaunchOptions[] = [
    { channel: 'chrome' },
    { channel: 'msedge' },
    ...(existsSync(debian) ? [{ executablePath: debian }] : []),
  ];
  for (const choice of choices) {
    try {
      return await chromium.launch({ ...choice, args: [...args] });
    } catch (error) {
      if (!/is not found at|not supported on/.test(String(error))) throw error;
    }
  }
  throw new Error(
    `Expected Google Chrome or Microsoft Edge for the tests of the console but found neither: install one (npm has a Chromium for linux-x64 only, this is ${process.platform}-${process.arch})`,
  );
}

function definedEnvironment(): Record<string, string> {
  const all = Object.entries(process.env);
  return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

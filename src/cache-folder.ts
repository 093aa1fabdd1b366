import { homedir } from 'node:os';
import { join } from 'node:path';
import { requireKind } from './core/arguments.ts';

/**
 * Where this user's caches lie: $ACQUAINT_CACHE, else the place the platform has for them ($XDG_CACHE_HOME or
 * ~/.cache; ~/Library/Caches on macOS; %LOCALAPPDATA% on Windows). What is in it can be deleted at any time.
 */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  requireKind('environment', 'object', environment);
  const { ACQUAINT_CACHE, LOCALAPPDATA, XDG_CACHE_HOME } = environment;
  if (ACQUAINT_CACHE) return ACQUAINT_CACHE;
  if (process.platform === 'win32') {
    return join(LOCALAPPDATA || join(homedir(), 'AppData', 'Local'), 'acquaint', 'Cache');
  }
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'acquaint');
  return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'acquaint');
}

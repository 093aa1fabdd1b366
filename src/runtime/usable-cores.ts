import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/**
 * How many threads can compute at once: the cores this process may use, or fewer where a container's share of the
 * processor is limited (cgroup v2 `cpu.max`, v1 `cpu.cfs_quota_us`), which Node does not look at.
 */
export function usableCores(readText: (path: string) => string = readFile): number {
  const cores = availableParallelism();
  const limit = containerLimit(readText);
  return limit === null ? cores : Math.max(1, Math.min(cores, Math.ceil(limit)));
}

/** In cores; null: none. */
function containerLimit(readText: (path: string) => string): number | null {
  const [quota, period] = readText('/sys/fs/cgroup/cpu.max').trim().split(' ');
  return (
    share(quota, period) ??
    share(readText('/sys/fs/cgroup/cpu/cpu.cfs_quota_us'), readText('/sys/fs/cgroup/cpu/cpu.cfs_period_us'))
  );
}

/** Of a quota such as `max`, -1 or nothing: null. */
function share(quota: string | undefined, period: string | undefined): number | null {
  const cores = Number.parseInt(quota ?? '', 10) / Number.parseInt(period ?? '', 10);
  return cores > 0 && Number.isFinite(cores) ? cores : null;
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

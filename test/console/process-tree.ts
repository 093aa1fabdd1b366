import { readdir, readFile } from 'node:fs/promises';

interface RunningProcess {
  readonly pid: number;
  readonly parent: number;
  readonly isDead: boolean;
}

/** Ids of the processes that `pid` has started, and those of theirs: Linux only, without a program of the system. */
export async function descendants(pid: number): Promise<readonly number[]> {
  const all = await runningProcesses();
  const found: number[] = [];
  for (let level = [pid]; level.length > 0; found.push(...level)) {
    const parents = level;
    level = all.filter(({ parent }) => parents.includes(parent)).map((child) => child.pid);
  }
  return found;
}

/** Those of `pids` that still run, or are dead and this process has not buried them. */
export async function leftOver(pids: readonly number[]): Promise<readonly number[]> {
  const all = await runningProcesses();
  return all
    .filter(({ pid, parent, isDead }) => pids.includes(pid) && (!isDead || parent === process.pid))
    .map(({ pid }) => pid);
}

async function runningProcesses(): Promise<readonly RunningProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
  return stats.flatMap((stat) => {
    // proc(5): pid (name) state parent …; a name may hold brackets.
    const match = /^(\d+) \(.*\) (\S) (\d+) /s.exec(stat);
    return match ? [{ pid: Number(match[1]), isDead: match[2] === 'Z', parent: Number(match[3]) }] : [];
  });
}

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Why CPU time can't be had, where it can't: a bench tells this instead of a figure. */
export async function cpuTimeMissing(proc = '/proc'): Promise<string | null> {
  const text = await readFile(join(proc, 'self', 'schedstat'), 'utf8').catch(() => null);
  return text === null ? 'CPU time of a process is read from /proc/PID/schedstat, which only Linux has' : null;
}

/**
 * CPU time, user and system, that a process and its descendants have used so far, in microseconds. Read per thread from the scheduler's own
 * account, which is exact, where `/proc/PID/stat` counts ticks of 10 ms. A thread's or child's time is gone once it has ended: measure what lives on.
 * @throws Error with code ENOENT where there is no such process
 */
export async function cpuTimeOfTree(pid: number, { proc = '/proc' } = {}): Promise<number> {
  const children = await childrenByParent(proc);
  let total = await cpuTimeOfProcess(pid, proc);
  const waiting = [...(children.get(pid) ?? [])];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    total += await cpuTimeOfProcess(next, proc).catch(zeroIfGone);
    waiting.push(...(children.get(next) ?? []));
  }
  return total;
}

async function cpuTimeOfProcess(pid: number, proc: string): Promise<number> {
  const tasks = join(proc, String(pid), 'task');
  const threads = await readdir(tasks);
  const times = await Promise.all(
    threads
      .map(async (thread) => {
        // Three numbers: nanoseconds on a CPU, nanoseconds waiting for one, time slices.
        const text = await readFile(join(tasks, thread, 'schedstat'), 'utf8');
        return Number(text.split(' ')[0]) / 1000;
      })
      .map((time) => time.catch(zeroIfGone)),
  );
  return times.reduce((sum, time) => sum + time, 0);
}

async function childrenByParent(proc: string): Promise<ReadonlyMap<number, readonly number[]>> {
  const children = new Map<number, number[]>();
  const pids = (await readdir(proc)).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    const stat = await readFile(join(proc, pid, 'stat'), 'utf8').catch(() => '');
    // The second field is the program's name in brackets, which may itself hold brackets and spaces; the fourth is the parent.
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    if (stat === '' || Number.isNaN(parent)) continue;
    children.set(parent, [...(children.get(parent) ?? []), Number(pid)]);
  }
  return children;
}

/** What ended between listing and reading has no account any more. */
function zeroIfGone(error: unknown): number {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ESRCH') return 0;
  throw error;
}

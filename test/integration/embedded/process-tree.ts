import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** A process as the system sees it. */
export interface Process {
  readonly pid: number;
  readonly parent: number;
  /** One that has ended and only waits to be collected. */
  readonly isZombie: boolean;
  readonly command: string;
}

/** All processes: from /proc where there is one, else as `ps` tells them. */
export function listProcesses(): readonly Process[] {
  return existsSync('/proc/self/stat') ? fromProc() : fromPs();
}

export function childrenOf(pid: number): readonly Process[] {
  return listProcesses().filter(({ parent }) => parent === pid);
}

/** Children, their children, and so on. */
export function descendantsOf(pid: number): readonly Process[] {
  const all = listProcesses();
  const below = (parent: number): readonly Process[] =>
    all.filter((process) => process.parent === parent).flatMap((process) => [process, ...below(process.pid)]);
  return below(pid);
}

export function isAlive(pid: number): boolean {
  return listProcesses().some((process) => process.pid === pid && !process.isZombie);
}

function fromProc(): readonly Process[] {
  return readdirSync('/proc').flatMap((name): readonly Process[] => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
      return [{ pid: Number(name), parent: Number(parent), isZombie: state === 'Z', command }];
    } catch {
      return []; // it ended between the listing and the look at it
    }
  });
}

function fromPs(): readonly Process[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat=,args='], { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line): readonly Process[] => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line);
    if (!match) return [];
    const [, pid, parent, state = '', command = ''] = match;
    return [{ pid: Number(pid), parent: Number(parent), isZombie: state.startsWith('Z'), command }];
  });
}

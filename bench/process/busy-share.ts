import { type CpuInfo, cpus } from 'node:os';
import { setTimeout } from 'node:timers/promises';

/** Which part of this machine's processors was busy, 0…1, over a moment in which the caller does nothing itself. */
export async function busyShare({ momentMs = 1_000, readCpus = cpus }: BusyShareOptions = {}): Promise<number> {
  const before = totals(readCpus());
  await setTimeout(momentMs);
  const after = totals(readCpus());
  const passed = after.all - before.all;
  return passed > 0 ? 1 - (after.idle - before.idle) / passed : 0;
}

export interface BusyShareOptions {
  readonly momentMs?: number;
  readonly readCpus?: () => readonly Pick<CpuInfo, 'times'>[];
}

function totals(processors: readonly Pick<CpuInfo, 'times'>[]): { readonly all: number; readonly idle: number } {
  const sum = (pick: (times: CpuInfo['times']) => number) =>
    processors.reduce((total, { times }) => total + pick(times), 0);
  return {
    all: sum(({ user, nice, sys, irq, idle }) => user + nice + sys + irq + idle),
    idle: sum(({ idle }) => idle),
  };
}

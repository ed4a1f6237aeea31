import type { BenchChild } from '../process/bench-child.ts';
import { cpuTimeOfTree } from '../process/cpu-time.ts';
import type { Contender } from './contender.ts';
import type { Load } from './load/send-load.ts';

export type LoadChild = BenchChild<null, Load, { readonly seconds: number }>;

export interface MeasureCpuOptions {
  readonly pairs: number;
  /** Requests to one contender in one pair. */
  readonly requests?: number;
  /** Requests to each before the first pair, so that its code is compiled and its connections are open. */
  readonly warmUpRequests?: number;
  readonly connections?: number;
  readonly signal?: AbortSignal | undefined;
}

/** CPU time a request, user and system of the whole process tree, in microseconds: one figure a pair, by contender, measured in turn. */
export async function measureCpu(
  load: LoadChild,
  contenders: Readonly<Record<string, Contender>>,
  { pairs, requests = 4_000, warmUpRequests = 16_000, connections = 16, signal }: MeasureCpuOptions,
): Promise<Readonly<Record<string, readonly number[]>>> {
  const costOf = async ({ origin, headers, pid }: Contender, count: number) => {
    const before = await cpuTimeOfTree(pid);
    await load.ask({ origin, headers, requests: count, connections }, signal ? { signal } : {});
    return ((await cpuTimeOfTree(pid)) - before) / count;
  };
  const costs: Record<string, number[]> = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (const contender of Object.values(contenders)) await costOf(contender, warmUpRequests);
  for (let pair = 0; pair < pairs; pair++) {
    for (const [name, contender] of Object.entries(contenders)) costs[name]?.push(await costOf(contender, requests));
  }
  return costs;
}

import type { BenchOptions } from '../command/bench-options.ts';
import type { BenchResult } from '../report/report.ts';
import { cpuRow } from './cpu-row.ts';
import { latencyRows } from './latency-rows.ts';
import { findNginx } from './nginx/find-nginx.ts';

/** What the relay costs: CPU time a request, time to the first token, time until an upstream learns that nobody reads any more. */
export async function relayBench(options: BenchOptions): Promise<BenchResult> {
  const { pairs, signal, log } = options;
  const nginx = await findNginx({ signal, ...(log && { log }) });
  log?.(`CPU time of ${pairs} × 4,000 requests through the relay and each peer, in turn.`);
  const cpu = await cpuRow(nginx, options);
  log?.('Time to the first token, and until the upstream is told that the client left.');
  return { runs: pairs, rows: [cpu, ...(await latencyRows(nginx, options))] };
}

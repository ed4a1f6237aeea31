import type { BenchOptions } from '../command/bench-options.ts';
import { startChild } from '../process/bench-child.ts';
import { cpuTimeMissing } from '../process/cpu-time.ts';
import { freePort } from '../process/free-port.ts';
import { pairRow } from '../report/pair-row.ts';
import type { Row } from '../report/row.ts';
import { type LoadChild, measureCpu } from './measure-cpu.ts';
import type { FoundNginx } from './nginx/find-nginx.ts';
import { answeringServer } from './nginx/server-block.ts';
import { startNginx } from './nginx/start-nginx.ts';
import { peerNames, runningContenders, startContenders } from './start-contenders.ts';

const maxRatioToNginx = 4;

/**
 * `relay.cpu`: CPU time that the relay takes for a chat of 1 KB answered with 500 bytes, beside nginx and a bare loop.
 * @throws Error where this system does not tell the CPU time of a process; AbortError
 */
export async function cpuRow(nginx: FoundNginx, { pairs, signal }: BenchOptions): Promise<Row> {
  const missing = await cpuTimeMissing();
  if (missing !== null) throw new Error(`relay.cpu can't be measured here: ${missing}.`);
  await using open = new AsyncDisposableStack();
  const upstream = await startAnsweringUpstream(nginx, signal);
  open.use(upstream);
  const load: LoadChild = open.use(await startChild(new URL('./load/main.ts', import.meta.url), { signal }));
  const contenders = open.use(await startContenders(upstream.origin, nginx, { signal }));
  const costs = await measureCpu(load, runningContenders(contenders), { pairs, signal });
  const of = (name: string) => costs[name] ?? [];
  return pairRow({
    id: 'relay.cpu',
    unit: 'µs',
    ours: of('relay'),
    peers: {
      [peerNames.nginx]: 'notRun' in contenders.nginx ? contenders.nginx : of(peerNames.nginx),
      [peerNames.bareLoop]: of(peerNames.bareLoop),
    },
    goal: { of: 'ratio', is: 'at most', value: maxRatioToNginx },
  });
}

/** Something that answers at once, for as little CPU as can be had: it shares the machine with what is measured. */
async function startAnsweringUpstream(
  nginx: FoundNginx,
  signal: AbortSignal | undefined,
): Promise<{ readonly origin: string } & AsyncDisposable> {
  if (!('path' in nginx)) {
    const child = await startChild<{ readonly origin: string }>(new URL('./answers/main.ts', import.meta.url), {
      signal,
    });
    return { origin: child.ready.origin, [Symbol.asyncDispose]: () => child[Symbol.asyncDispose]() };
  }
  const port = await freePort();
  const server = await startNginx(nginx.path, answeringServer(port), { signal });
  return { origin: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

import { parseArgs } from 'node:util';
import { backendRows } from './backend-rows.ts';
import { measureBackends } from './measure-backends.ts';

// node --conditions=@orilla/source bench/weights/backends/main.ts [--mib N] [--pairs N]

const { values } = parseArgs({ options: { mib: { type: 'string' }, pairs: { type: 'string' } } });
const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
const times = await measureBackends({
  bytes: Number(values.mib ?? 1024) * 1024 ** 2,
  pairs: Number(values.pairs ?? 5),
  signal: stop.signal,
  log: (message) => console.error(message),
});
console.table(
  backendRows(times).map(({ id, unit, ours, peers, ratio, interval }) => ({
    id,
    unit,
    indexeddb: ours,
    ...peers,
    ratio,
    interval: interval?.join(' – '),
  })),
);

import { pairRow } from '../../report/pair-row.ts';
import type { Row } from '../../report/row.ts';
import type { OpenTimes } from './in-worker.ts';
import type { BackendKind, BackendTimes } from './measure-backends.ts';

/** What the figures amount to: IndexedDB, which is the default, beside files in the private file system. */
export function backendRows({ indexeddb, opfs }: Readonly<Record<BackendKind, BackendTimes>>): readonly Row[] {
  const compare = (id: string, pick: (times: BackendTimes) => readonly number[]) =>
    pairRow({ id, unit: 'ms', ours: pick(indexeddb), peers: { OPFS: pick(opfs) }, goal: null });
  const each = (runs: readonly OpenTimes[], name: keyof OpenTimes) => runs.map((times) => times[name]);
  return [
    compare('weights.backend.write', ({ writeMs }) => [writeMs]),
    compare('weights.backend.open.cold', ({ cold }) => each(cold, 'openMs')),
    compare('weights.backend.read.cold', ({ cold }) => each(cold, 'readMs')),
    compare('weights.backend.open.warm', ({ warm }) => each(warm, 'openMs')),
    compare('weights.backend.read.warm', ({ warm }) => each(warm, 'readMs')),
  ];
}

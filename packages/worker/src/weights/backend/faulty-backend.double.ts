import type { RecordStore, ValueStore, WeightBackend } from './weight-backend.ts';

/** How an operation goes wrong. `hang`: it is never told how it went, as when the tab is killed. */
export type FaultMoment = 'before' | 'after' | 'hang-before' | 'hang-after';

export interface FaultOptions {
  /** Which operation, counted from 1. */
  readonly failAt: number;
  /** Whether it had its effect. */
  readonly moment: FaultMoment;
  /** The tab is gone: nothing after it has an effect either. */
  readonly isLast?: boolean;
}

export interface FaultyBackend {
  readonly backend: WeightBackend;
  /** Settles when the fault has come. */
  readonly failed: Promise<void>;
  /** Operations so far. */
  readonly count: () => number;
}

/** A backend of which one operation goes wrong, in front of a good one that can be looked at afterwards. */
export function faultyBackend(good: WeightBackend, { failAt, moment, isLast = true }: FaultOptions): FaultyBackend {
  let count = 0;
  const failed = Promise.withResolvers<void>();
  const isHang = moment.startsWith('hang');
  const end = (): Promise<never> => {
    failed.resolve();
    return isHang ? new Promise(() => undefined) : Promise.reject(new Error(`operation ${failAt} failed`));
  };
  const operate = async <T>(work: () => Promise<T>): Promise<T> => {
    count += 1;
    if (count < failAt || (count > failAt && !isLast)) return work();
    if (count === failAt && moment.endsWith('after')) await work();
    return end();
  };
  const values = <T>(store: ValueStore<T>): ValueStore<T> => ({
    get: (key) => operate(() => store.get(key)),
    put: (key, value) => operate(() => store.put(key, value)),
    delete: (keys) => operate(() => store.delete(keys)),
    keys: () => operate(() => store.keys()),
    getMany: (keys) => operate(() => store.getMany(keys)),
  });
  const records = <T>(store: RecordStore<T>): RecordStore<T> => ({
    ...values(store),
    update: (key, change) => operate(() => store.update(key, change)),
  });
  return {
    backend: {
      chunks: values(good.chunks),
      packages: records(good.packages),
      drafts: records(good.drafts),
      marks: records(good.marks),
      sweep: () => operate(() => good.sweep()),
    },
    failed: failed.promise,
    count: () => count,
  };
}

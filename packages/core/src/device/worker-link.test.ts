import { encodeError, OrillaError, type StoreSettings } from '@orilla/contract';
import { expect, onTestFinished, test } from 'vitest';
import { type WorkerDouble, type WorkerScript, workerDouble } from './worker.double.ts';
import { WorkerLink } from './worker-link.ts';

function linkOver(scripts: readonly WorkerScript[], storeSettings?: StoreSettings) {
  const workers: WorkerDouble[] = [];
  const startWorker = () => {
    const worker = workerDouble(scripts[workers.length] ?? {});
    workers.push(worker);
    return worker;
  };
  const link = new WorkerLink({ startWorker, locks: null, startTimeoutMs: 1000, storeSettings });
  onTestFinished(() => link.close());
  return { link, workers };
}

const settings: StoreSettings = { trustedKeys: ['a key'], storage: 'opfs', budgetBytes: 5 };

test('every worker is given the settings of the store before any other call, also the one after it died', async () => {
  const order: string[] = [];
  const script: WorkerScript = {
    configureStore: async () => void order.push('configureStore'),
    packages: {
      listPackages: async () => {
        order.push('listPackages');
        return [];
      },
    },
  };
  const { link, workers } = linkOver([script, script], settings);
  await Promise.all([link.control((api) => api.listPackages()), link.control((api) => api.listPackages())]);
  expect(order).toEqual(['configureStore', 'listPackages', 'listPackages']);
  workers[0]?.crash(new Error('out of memory'));
  await link.control((api) => api.listPackages());
  expect(order.slice(3)).toEqual(['configureStore', 'listPackages']);
  expect(workers.map((worker) => worker.settings)).toEqual([[settings], [settings]]);
});

test('an app that says nothing of the store leaves the worker its defaults', async () => {
  const { link, workers } = linkOver([{}]);
  await link.connect();
  expect(workers[0]?.settings).toEqual([]);
});

test('a worker that does not take its settings is not used, and the next call tries another', async () => {
  const encoded = encodeError(
    new OrillaError('storage.unavailable', 'There is no such storage.', { advice: 'Choose another.' }),
  );
  const { link, workers } = linkOver([{ configureStore: () => Promise.reject({ encoded }) }, {}], settings);
  await expect(link.control((api) => api.listPackages())).rejects.toMatchObject({ code: 'storage.unavailable' });
  expect(workers[0]?.calls).toEqual([]);
  expect(await link.control((api) => api.listPackages())).toEqual([]);
  expect(workers).toHaveLength(2);
});

test('tells whoever listens that a worker was started, and that it is gone', async () => {
  const { link, workers } = linkOver([{}, {}]);
  const seen: string[] = [];
  link.onConnected(() => seen.push('connected'));
  link.onLost((reason) => seen.push(reason instanceof OrillaError ? reason.code : 'another reason'));
  await link.connect();
  workers[0]?.crash(new Error('out of memory'));
  await link.connect();
  expect(seen).toEqual(['connected', 'engine.worker-died', 'connected']);
});

test('a control call that fails gives what the worker raised, whole', async () => {
  // Comlink rebuilds an Error on this side; the worker adds `encoded` to what it sends (its own tests show that it arrives).
  const encoded = encodeError(
    new OrillaError('storage.unavailable', 'There is no storage.', { advice: 'Leave private browsing.' }),
  );
  const { link } = linkOver([{ packages: { listPackages: () => Promise.reject({ encoded }) } }]);
  await expect(link.control((api) => api.listPackages())).rejects.toMatchObject({
    code: 'storage.unavailable',
    advice: 'Leave private browsing.',
  });
});

test('after it was closed nothing is started', async () => {
  const { link, workers } = linkOver([{}]);
  link.close();
  expect(link.isClosed).toBe(true);
  await expect(link.call(() => async () => undefined)).rejects.toMatchObject({ code: 'engine.worker-died' });
  expect(workers).toHaveLength(0);
});

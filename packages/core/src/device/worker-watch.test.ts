import { expect, test } from 'vitest';
import { Device } from './device.ts';
import { loadedBy, type WorkerScript, workerDouble } from './worker.double.ts';
import { WorkerLink } from './worker-link.ts';

// The worker is a double that can be silent. The times are short ones of the same watch.

const pkg = {
  id: 'tiny',
  engine: 'llamacpp' as const,
  bytes: 10,
  contextLength: 64,
  memory: { weights: 10, kvPerToken: 1, scratch: 1 },
  license: 'Apache-2.0',
  sources: [],
};
const request = { model: 'tiny', messages: [] };
const forever = new Promise<never>(() => undefined);

function deviceOver(script: WorkerScript) {
  let pings = 0;
  const startWorker = () =>
    workerDouble({
      ...script,
      ping: async () => {
        pings += 1;
        await script.ping?.();
      },
    });
  const patience = { loadMs: 40, callMs: 40, pingMs: 40 };
  const link = new WorkerLink({ startWorker, locks: null, startTimeoutMs: 1000, patience });
  return { device: new Device({ link }), link, pings: () => pings };
}

test('a worker that tells nothing and answers nothing is ended: what waited for it does not wait for ever', async () => {
  const { device, link } = deviceOver({ load: () => undefined, ping: () => forever });
  await expect(device.load(pkg)).rejects.toMatchObject({ code: 'engine.worker-died' });
  expect(device.state).toMatchObject({ status: 'failed' });
  link.close();
});

test('so it is with calls that have no port of their own', async () => {
  const { link } = deviceOver({ packages: { listPackages: () => forever }, ping: () => forever });
  await expect(link.control((api) => api.listPackages())).rejects.toMatchObject({ code: 'engine.worker-died' });
  link.close();
});

test('one that answers when it is asked may take its time', async () => {
  const { device, link, pings } = deviceOver({
    load: (loading, answer) => setTimeout(() => answer({ type: 'done', result: loadedBy(loading) }), 250),
  });
  expect(await device.load(pkg)).toMatchObject({ packageId: 'tiny' });
  expect(pings()).toBeGreaterThanOrEqual(2);
  link.close();
});

test('one that tells something now and then is not asked', async () => {
  const { device, link, pings } = deviceOver({
    ping: () => forever,
    async generate(answer) {
      for (let count = 0; count < 20; count += 1) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        answer({ type: 'tokens', events: [{ type: 'token', text: 'a', atMs: 0 }] });
      }
      answer({ type: 'done', result: null });
    },
  });
  let text = '';
  for await (const event of device.generate('tiny', request, {})) if (event.type === 'token') text += event.text;
  expect(text).toHaveLength(20);
  expect(pings()).toBe(0);
  link.close();
});

test('nobody is asked while nothing runs', async () => {
  const { device, link, pings } = deviceOver({ ping: () => forever });
  await device.load(pkg);
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(pings()).toBe(0);
  expect(device.state.status).toBe('ready');
  link.close();
});

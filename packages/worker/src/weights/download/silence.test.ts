import { expect, test } from 'vitest';
import { type Served, webDouble } from '../network/web.double.ts';
import { describe, sampleBytes, samplePackage } from '../sample-package.double.ts';
import { bytesOf, makeStore, until } from '../store.double.ts';

const sample = samplePackage();
const dead: Served = () => Promise.reject(new TypeError('Failed to fetch'));
const manifestOnly = { ...sample.served, [sample.fileUrl]: dead };

/** A network whose waits are ended by the test; `waits` are those that are longer than a retry's. */
function makeWorld({ served = manifestOnly, skipsBelowMs = 10_000 } = {}) {
  const web = webDouble(served);
  const waits: { readonly ms: number; readonly end: () => void }[] = [];
  const sleep: typeof web.sleep = async (ms, options) => {
    await web.sleep(ms, options);
    if (ms < skipsBelowMs) return;
    await new Promise<void>((resolve, reject) => {
      waits.push({ ms, end: resolve });
      options.signal.addEventListener('abort', () => reject(options.signal.reason));
    });
  };
  const store = makeStore(web, { network: { ...web, sleep, epochMs: Date.now } });
  return { web, waits, ...store };
}

const download = ({ store }: Pick<ReturnType<typeof makeStore>, 'store'>, signal = new AbortController().signal) => {
  const phases: string[] = [];
  const onProgress = ({ phase }: { readonly phase: string }) => {
    if (phases.at(-1) !== phase) phases.push(phase);
  };
  return { phases, done: store.download(sample.pkg, { priority: 'background', signal, onProgress }) };
};

test('while nothing answers a download waits, and goes on when something does', async () => {
  const world = makeWorld();
  const { phases, done } = download(world);
  await until(() => world.waits.length === 1);
  expect(phases).toEqual(['manifest', 'download', 'waiting']);
  await until(async () => (await world.store.list())[0]?.state === 'waiting');
  world.web.serve(sample.served);
  world.waits[0]?.end();
  expect(await done).toMatchObject({ state: 'complete' });
  expect(phases).toEqual(['manifest', 'download', 'waiting', 'download', 'open']);
});

test('it tries again as soon as the browser is online', async () => {
  const world = makeWorld();
  const { done } = download(world);
  await until(() => world.waits.length === 1);
  world.web.serve(sample.served);
  world.web.comeOnline();
  expect(await done).toMatchObject({ state: 'complete' });
});

test('in the background it waits as long as it takes, never longer than half a minute at once', async () => {
  const world = makeWorld();
  const { done } = download(world);
  for (let wait = 0; wait < 30; wait += 1) {
    await until(() => world.waits.length > wait);
    world.waits[wait]?.end();
  }
  expect(Math.max(...world.web.sleeps)).toBeLessThanOrEqual(30_000);
  world.web.serve(sample.served);
  expect(await done).toMatchObject({ state: 'complete' });
});

test('who waits for it is told after some minutes', async () => {
  const world = makeWorld({ skipsBelowMs: 1e9 });
  await expect(world.bring(sample.pkg).brought).rejects.toMatchObject({
    code: 'storage.download-failed',
    message: expect.stringContaining('https://mirror.test could not be reached'),
  });
  expect(world.web.now()).toBeGreaterThanOrEqual(180_000);
  expect(world.web.now()).toBeLessThan(300_000);
});

test('a server that is there, but whose ranges can’t be read, is told at once, and waited for in vain by nobody', async () => {
  const undecodable: Served = ({ method }) => {
    if (method === 'HEAD') return new Response(null, { headers: { 'Content-Encoding': 'gzip' } });
    throw new TypeError('Failed to fetch');
  };
  const world = makeWorld({ served: { ...sample.served, [sample.fileUrl]: undecodable }, skipsBelowMs: 1e9 });
  await expect(world.bring(sample.pkg).brought).rejects.toMatchObject({
    code: 'storage.download-failed',
    message: expect.stringContaining("https://mirror.test is there, but what it sends of the file can't be read"),
  });
  expect(world.web.now()).toBeLessThan(60_000);
});

test('a server that answers that question only once was just coming back', async () => {
  let heads = 0;
  const world = makeWorld({
    served: {
      ...sample.served,
      [sample.fileUrl]: (request) => {
        if (request.method === 'HEAD' && ++heads === 1) return new Response(null);
        throw new TypeError('Failed to fetch');
      },
    },
  });
  const { done } = download(world);
  await until(() => world.waits.length === 1);
  world.waits[0]?.end();
  await until(() => world.waits.length === 2);
  world.waits[1]?.end();
  await until(() => world.waits.length === 3);
  world.web.serve(sample.served);
  world.waits[2]?.end();
  expect(await done).toMatchObject({ state: 'complete' });
});

test('an abort ends the wait at once, and so does a pause', async () => {
  const world = makeWorld();
  const leaving = new AbortController();
  const { phases, done } = download(world, leaving.signal);
  await until(() => world.waits.length === 1);
  await world.store.pause('sample');
  await until(() => phases.at(-1) === 'paused');
  await world.store.resume('sample');
  await until(() => phases.at(-1) === 'waiting' && world.waits.length === 2);
  leaving.abort();
  await expect(done).rejects.toMatchObject({ name: 'AbortError' });
});

test('a source that has not the file is no reason not to wait for the other; one that answers with a failure is', async () => {
  const other = samplePackage({ mirror: 'https://other.test' });
  const pkg = describe(sample.manifest, [...sample.pkg.sources, ...other.pkg.sources]);
  const { store, waits, web } = makeWorld();
  const options = {
    priority: 'background',
    signal: new AbortController().signal,
    onProgress: () => undefined,
  } as const;
  const done = store.download(pkg, options);
  await until(() => waits.length === 1);
  web.serve(sample.served);
  waits[0]?.end();
  expect(await done).toMatchObject({ state: 'complete' });

  const failing = makeWorld({ served: { ...manifestOnly, [other.fileUrl]: () => new Response('', { status: 503 }) } });
  await expect(failing.store.download(pkg, options)).rejects.toMatchObject({ code: 'storage.download-failed' });
  const poisoned = makeWorld({ served: { ...manifestOnly, [sample.fileUrl]: sampleBytes(1_000, 7) } });
  await expect(poisoned.store.download(sample.pkg, options)).rejects.toMatchObject({ code: 'storage.corrupt-chunk' });
});

test('what came before the silence is not fetched again', async () => {
  let isUp = true;
  const world = makeWorld({
    served: {
      ...sample.served,
      [sample.fileUrl]: (request) => {
        const start = request.range?.start ?? 0;
        if ((start >= 500 || request.method === 'HEAD') && isUp) throw new TypeError('Failed to fetch');
        return new Response(sample.content.slice(start, (request.range?.end ?? 0) + 1), { status: 206 });
      },
    },
  });
  const { brought } = world.bring(sample.pkg);
  await until(() => world.waits.length === 1);
  isUp = false;
  world.waits[0]?.end();
  const { files, fetchedBytes } = await brought;
  expect(fetchedBytes).toBe(1_000);
  expect(await bytesOf(files.get('model.gguf'))).toEqual(sample.content);
});

test('the head of a file is not waited for', async () => {
  const { store } = makeWorld();
  const head = store.bringHead(sample.pkg, { bytes: 100, signal: new AbortController().signal });
  await expect(head).rejects.toMatchObject({ code: 'storage.download-failed' });
});

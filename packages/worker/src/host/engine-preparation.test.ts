import type { ArrivingFiles, Engine } from '@orilla/contract';
import { expect, test } from 'vitest';
import { bytesResponse, type Served, webDouble } from '../weights/network/web.double.ts';
import { sampleBytes, samplePackage } from '../weights/sample-package.double.ts';
import { firstTokens, load, makeHost, never, one, type Prepare } from './engine-host.double.ts';
import { EnginePreparation } from './engine-preparation.ts';

/** With chunks of its own: those that two packages share are fetched once. */
const two = samplePackage({ id: 'two', content: sampleBytes(1_000, 9) });

/** The weights of package one come once they are let. */
function held() {
  const gate = Promise.withResolvers<void>();
  const weights: Served = async (asked) => {
    await Promise.race([
      gate.promise,
      new Promise((_, reject) => asked.signal.addEventListener('abort', () => reject(asked.signal.reason))),
    ]);
    return bytesResponse(one.content, asked);
  };
  return { network: webDouble({ ...one.served, ...two.served, [one.fileUrl]: weights }), release: gate.resolve };
}

/** Notes what becomes of it, and ends only when it is told to. */
function noting() {
  const log: string[] = [];
  const begun = Promise.withResolvers<void>();
  const prepare: Prepare = async (manifest, files, { contextLength, signal }) => {
    log.push(`prepare ${manifest.id} ${contextLength}`);
    signal.addEventListener('abort', () => log.push('aborted'));
    begun.resolve();
    try {
      await files.file('model.gguf');
      log.push('has the file');
    } catch (error) {
      log.push(error instanceof Error ? error.name : String(error));
      throw error;
    }
    await new Promise(() => undefined);
  };
  return { prepare, log, begun: begun.promise };
}

test('an engine is prepared while its weights are on their way, and is the one that is then loaded, without a wait', async () => {
  const { network, release } = held();
  const { prepare, log, begun } = noting();
  const { host, engines, log: opened } = makeHost(network, prepare);
  const loading = host.load(one.pkg, load);
  await begun;
  expect(log).toEqual(['prepare one 64']);
  expect(opened).toEqual([]);
  release();
  await loading;
  expect(log).toContain('aborted');
  expect(engines).toHaveLength(1);
  expect(opened).toEqual(['open one']);
  expect(await firstTokens(host, 2)).toBe('1 2 ');
});

test('a package that is whole in the store is opened without preparing', async () => {
  const { prepare, log } = noting();
  const { host } = makeHost(undefined, prepare);
  await host.load(one.pkg, load);
  await host.unload();
  log.length = 0;
  await host.load(one.pkg, load);
  expect(log).toEqual([]);
});

test('what fails in preparing is no failure: another engine is made and loaded', async () => {
  const { network, release } = held();
  const failed = Promise.withResolvers<void>();
  const { host, engines } = makeHost(network, async () => {
    failed.resolve();
    throw new Error('no shader');
  });
  const loading = host.load(one.pkg, load);
  await failed.promise;
  release();
  expect(await loading).toMatchObject({ packageId: 'one' });
  expect(engines.map(({ isOpen }) => isOpen)).toEqual([false, true]);
});

test('an engine that can not prepare itself is made meanwhile all the same: its code is there when the weights are', async () => {
  const { network, release } = held();
  const { host, engines } = makeHost(network);
  const loading = host.load(one.pkg, load);
  while (engines.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  release();
  await loading;
  expect(engines).toHaveLength(1);
});

for (const [how, end] of [
  ['an abort', async (_: ReturnType<typeof makeHost>, controller: AbortController) => controller.abort()],
  ['unload', ({ host }: ReturnType<typeof makeHost>) => host.unload()],
  ['the removal of its package', ({ host }: ReturnType<typeof makeHost>) => host.remove('one')],
] as const) {
  test(`${how} ends it, and frees the engine`, async () => {
    const { prepare, log, begun } = noting();
    const made = makeHost(held().network, prepare);
    const controller = new AbortController();
    const loading = expect(made.host.load(one.pkg, { ...load, signal: controller.signal })).rejects.toThrow();
    await begun;
    const [engine] = made.engines;
    if (!engine) throw new Error('There is one.');
    const freed = Promise.withResolvers<void>();
    engine.unload = async () => freed.resolve();
    await end(made, controller);
    await Promise.all([loading, freed.promise]);
    expect(log).toContain('AbortError');
    expect(log).not.toContain('has the file');
  });
}

test('nothing is prepared beside a package that is open: it is not disturbed', async () => {
  const { network, release } = held();
  const { prepare, log } = noting();
  const { host } = makeHost(network, prepare);
  await host.load(two.pkg, load);
  log.length = 0;
  const loading = host.load(one.pkg, load);
  while (!network.requests.some(({ url }) => url === one.fileUrl))
    await new Promise((resolve) => setTimeout(resolve, 1));
  let last = '';
  for await (const event of host.generate('two', { model: 'two', messages: [] }, { signal: never }))
    if (event.type === 'token') last = event.text;
  expect(last).toBe('100 ');
  release();
  await loading;
  expect(log).toEqual([]);
});

test('when another package is opened meanwhile, preparing ends, and the engine is made anew once its weights are there', async () => {
  const { network, release } = held();
  const { prepare, log, begun } = noting();
  const { host, engines, log: opened, store } = makeHost(network, prepare);
  await store.bring(two.pkg, load);
  const first = host.load(one.pkg, load);
  await begun;
  await host.load(two.pkg, load);
  expect(log.slice(0, 3)).toEqual(['prepare one 64', 'aborted', 'AbortError']);
  release();
  await first;
  expect(opened).toEqual(['open two', 'close two', 'open one']);
  expect(engines).toHaveLength(3);
});

const files: ArrivingFiles = { file: () => new Promise(() => undefined) };
const options = { contextLength: 64 };

test('an engine that can not be made is made by whoever opens the package', async () => {
  const makeEngine = () => Promise.reject(new Error('no code'));
  const preparation = new EnginePreparation(one.manifest, files, { ...options, makeEngine });
  expect(await preparation.take()).toBeNull();
  await preparation.end();
});

test('one that is made too late is not prepared any more, and is taken', async () => {
  const made = Promise.withResolvers<Engine>();
  const prepared: number[] = [];
  const engine = { prepare: async () => void prepared.push(1) } as Partial<Engine> as Engine; // nothing else of it is used here
  const preparation = new EnginePreparation(one.manifest, files, { ...options, makeEngine: () => made.promise });
  const taken = preparation.take();
  made.resolve(engine);
  expect(await taken).toBe(engine);
  expect(prepared).toEqual([]);
});

test('what was ended has nothing to take, and what was taken is not freed by its end', async () => {
  const freed: number[] = [];
  const engine = { unload: async () => void freed.push(1) } as Partial<Engine> as Engine; // as above
  const make = () => new EnginePreparation(one.manifest, files, { ...options, makeEngine: async () => engine });
  const ended = make();
  await ended.end();
  expect(freed).toHaveLength(1);
  expect(await ended.take()).toBeNull();
  const taken = make();
  expect(await taken.take()).toBe(engine);
  await taken.end();
  expect(freed).toHaveLength(1);
});

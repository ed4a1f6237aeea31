import { afterEach, describe, expect, test, vi } from 'vitest';
import { startChild } from '../process/bench-child.ts';
import { freePort } from '../process/free-port.ts';
import { startBareLoop, startNginxProxy } from './contender.ts';
import type { Load } from './load/send-load.ts';
import { measureCpu } from './measure-cpu.ts';
import { findNginx } from './nginx/find-nginx.ts';
import { answeringServer } from './nginx/server-block.ts';
import { startNginx } from './nginx/start-nginx.ts';
import { startRelayContender } from './relay-contender.ts';
import { measureStreams } from './streams/measure-streams.ts';
import { startTokenUpstream } from './streams/token-upstream.ts';

// Processes take long to start where the machine has other work.
vi.setConfig({ testTimeout: 60_000 });

const nginx = await findNginx({ mayInstall: false });
const cleanups: AsyncDisposable[] = [];
afterEach(async () => {
  for (const part of cleanups.splice(0).reverse()) await part[Symbol.asyncDispose]();
});
const use = <Part extends AsyncDisposable>(part: Part): Part => {
  cleanups.push(part);
  return part;
};

const startLoad = async () =>
  use(await startChild<null, Load, { readonly seconds: number }>(new URL('./load/main.ts', import.meta.url)));
const startAnswers = async () =>
  use(await startChild<{ readonly origin: string }>(new URL('./answers/main.ts', import.meta.url))).ready.origin;

test('the bare loop hands whole answers on, and its CPU time can be told', async () => {
  const load = await startLoad();
  const bare = use(await startBareLoop(await startAnswers()));
  const costs = await measureCpu(load, { bare }, { pairs: 2, requests: 100, warmUpRequests: 50 });
  expect(costs.bare).toHaveLength(2);
  // A request is no less than some thousand instructions, and no more than a millisecond even on a slow and busy machine.
  for (const cost of costs.bare ?? []) {
    expect(cost).toBeGreaterThan(5);
    expect(cost).toBeLessThan(5000);
  }
});

test('the bare loop streams tokens as they come, and tells the upstream when the client leaves', async () => {
  const upstream = use(await startTokenUpstream());
  const { origin, headers } = use(await startBareLoop(upstream.origin));
  const question = { targets: { bare: { origin, headers } }, rounds: 5, warmUpRounds: 1 } as const;
  expect((await measureStreams({ ...question, measure: 'first-token' }, upstream)).bare).toHaveLength(5);
  expect((await measureStreams({ ...question, measure: 'abort' }, upstream)).bare).toHaveLength(5);
});

test('the relay hands whole answers and streams on, with the key that it was given', async () => {
  const load = await startLoad();
  const relay = use(await startRelayContender(await startAnswers()));
  const costs = await measureCpu(load, { relay }, { pairs: 1, requests: 50, warmUpRequests: 50 });
  expect(costs.relay?.[0]).toBeGreaterThan(5);

  const upstream = use(await startTokenUpstream());
  const streaming = use(await startRelayContender(upstream.origin));
  const targets = { relay: { origin: streaming.origin, headers: streaming.headers } };
  const question = { targets, rounds: 3, warmUpRounds: 1 } as const;
  expect((await measureStreams({ ...question, measure: 'first-token' }, upstream)).relay).toHaveLength(3);
  expect((await measureStreams({ ...question, measure: 'abort' }, upstream)).relay).toHaveLength(3);
  await expect(
    measureStreams({ measure: 'abort', targets: { relay: { ...targets.relay, headers: {} } }, rounds: 1 }, upstream),
  ).rejects.toThrow('status 401');
});

// nginx is a peer only where it is installed; the bench says so where it is not.
describe.runIf('path' in nginx)('with the nginx of this machine', () => {
  const path = 'path' in nginx ? nginx.path : '';

  test('nginx answers, and hands on, and both their process trees are accounted apart', async () => {
    const load = await startLoad();
    const port = await freePort();
    const answering = use(await startNginx(path, answeringServer(port)));
    const origin = `http://127.0.0.1:${port}`;
    const proxy = use(await startNginxProxy(path, origin));
    const direct = { origin, headers: {}, pid: answering.pid, [Symbol.asyncDispose]: async () => undefined };
    const costs = await measureCpu(load, { direct, proxy }, { pairs: 1, requests: 200, warmUpRequests: 200 });
    expect(costs.direct?.[0]).toBeGreaterThan(1);
    expect(costs.proxy?.[0]).toBeGreaterThan(costs.direct?.[0] ?? 0);
  });

  test('nginx streams tokens as they come, and tells the upstream when the client leaves', async () => {
    const upstream = use(await startTokenUpstream());
    const { origin, headers } = use(await startNginxProxy(path, upstream.origin));
    const question = { targets: { nginx: { origin, headers } }, rounds: 5, warmUpRounds: 1 } as const;
    expect((await measureStreams({ ...question, measure: 'first-token' }, upstream)).nginx).toHaveLength(5);
    expect((await measureStreams({ ...question, measure: 'abort' }, upstream)).nginx).toHaveLength(5);
  });

  test('an nginx that does not start says why, and leaves nothing behind', async () => {
    await expect(startNginx(path, 'server { listen nowhere; }')).rejects.toThrow(/nginx did not start: .*nowhere/);
  });
});

test('without nginx, and without the right to install it, it is a peer that did not run', async () => {
  const missing = await findNginx({ places: ['/no/such/nginx'], mayInstall: false });
  expect(missing).toEqual({ notRun: 'nginx is not installed (on Debian: apt-get install nginx)' });
});

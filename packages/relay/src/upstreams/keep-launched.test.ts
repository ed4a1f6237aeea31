import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import type { RelayEvent } from '../http/relay-log.ts';
import { keepLaunched } from './keep-launched.ts';
import type { LaunchedUpstream, UpstreamLauncher } from './launcher.ts';
import { Upstream } from './upstream.ts';

/** A launcher, a clock and pauses in the test's hand. */
function setUp(outcomes: readonly ('up' | 'fails')[]) {
  let nowMs = 0;
  const now = () => nowMs;
  const running: { readonly crash: () => void; readonly fail: (error: Error) => void; stops: number }[] = [];
  const pauses: { readonly ms: number; readonly end: () => void }[] = [];
  const events: RelayEvent[] = [];
  let launches = 0;
  const signals = new Set<AbortSignal>();
  const launch: UpstreamLauncher = async (_config, options): Promise<LaunchedUpstream> => {
    signals.add(options.signal);
    if (outcomes[launches++] === 'fails') throw new Error('no model');
    const exit = Promise.withResolvers<void>();
    const entry = { crash: exit.resolve, fail: exit.reject, stops: 0 };
    running.push(entry);
    const stop = async () => {
      entry.stops++;
      exit.resolve();
    };
    return { socketPath: '/nowhere.sock', exited: exit.promise, stop };
  };
  const pause = (ms: number, signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const leave = () => reject(signal.reason);
      signal.addEventListener('abort', leave, { once: true });
      const end = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      pauses.push({ ms, end });
    });
  const upstream = new Upstream(
    {
      name: 'inside',
      kind: 'embedded',
      url: null,
      zone: 'on-premises',
      region: undefined,
      apiKey: undefined,
      embedded: { modelPath: '/m', contextLength: 1, threads: 1, sequences: 1 },
    },
    { limits: { upstreamHeadersTimeoutMs: 1000, upstreamIdleTimeoutMs: 1000 }, now },
  );
  const kept = keepLaunched(upstream, { launch, pause, now, log: (_level, event) => events.push(event) });
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { kept, upstream, running, pauses, events, pass, launches: () => launches, signals };
}

test('connects the upstream when it is up, and disconnects it when it has ended', async () => {
  const { kept, upstream, running } = setUp(['up']);
  expect(upstream.isUp).toBe(false);
  await kept.ready;
  expect([upstream.isUp, kept.isUp()]).toEqual([true, true]);
  running[0]?.crash();
  await expect.poll(() => upstream.isUp || kept.isUp(), { timeout: 5_000 }).toBe(false);
  await kept.stop();
});

test('pauses double while it keeps crashing, up to half a minute, and begin anew once it ran well', async () => {
  const { kept, running, pauses, pass } = setUp([]);
  await kept.ready;
  for (let turn = 0; turn < 9; turn++) {
    running.at(-1)?.crash();
    await expect.poll(() => pauses.length, { timeout: 5_000 }).toBe(turn + 1);
    pauses.at(-1)?.end();
    await expect.poll(() => kept.isUp(), { timeout: 5_000 }).toBe(true);
  }
  expect(pauses.map(({ ms }) => ms)).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  pass(60_000);
  running.at(-1)?.crash();
  await expect.poll(() => pauses.at(-1)?.ms, { timeout: 5_000 }).toBe(500);
  await kept.stop();
});

test('a start that fails after a crash is tried again, later', async () => {
  const { kept, running, pauses, events } = setUp(['up', 'fails', 'up']);
  await kept.ready;
  running[0]?.crash();
  await expect.poll(() => pauses.length, { timeout: 5_000 }).toBe(1);
  pauses[0]?.end();
  await expect.poll(() => pauses.map(({ ms }) => ms), { timeout: 5_000 }).toEqual([500, 1000]);
  pauses[1]?.end();
  await expect.poll(() => kept.isUp(), { timeout: 5_000 }).toBe(true);
  expect(events).toContainEqual(expect.objectContaining({ event: 'internal-error', name: 'Error' }));
  expect(JSON.stringify(events)).not.toContain('no model');
  await kept.stop();
});

test('a first start that fails is final', async () => {
  const { kept, pauses, launches } = setUp(['fails']);
  await expect(kept.ready).rejects.toThrow('no model');
  await kept.stop();
  expect([pauses.length, launches()]).toEqual([0, 1]);
});

test('stopping ends what runs, once, and starts nothing more', async () => {
  const { kept, running, upstream, launches } = setUp(['up']);
  await kept.ready;
  await Promise.all([kept.stop(), kept.stop()]);
  expect(running[0]?.stops).toBe(1);
  expect(upstream.isUp).toBe(false);
  expect(launches()).toBe(1);
});

test('stopping in a pause ends the pause', async () => {
  const { kept, running, pauses, launches } = setUp(['up']);
  await kept.ready;
  running[0]?.crash();
  await expect.poll(() => pauses.length, { timeout: 5_000 }).toBe(1);
  await kept.stop();
  expect(launches()).toBe(1);
});

test('one whose end cannot be told is down like one that has ended, and is started again', async () => {
  const { kept, upstream, running, pauses, events } = setUp([]);
  await kept.ready;
  running[0]?.fail(new TypeError('secret'));
  await expect.poll(() => pauses.length, { timeout: 5_000 }).toBe(1);
  expect([upstream.isUp, kept.isUp()]).toEqual([false, false]);
  pauses[0]?.end();
  await expect.poll(() => kept.isUp(), { timeout: 5_000 }).toBe(true);
  expect(events).toContainEqual(expect.objectContaining({ event: 'internal-error', name: 'TypeError' }));
  expect(JSON.stringify(events)).not.toContain('secret');
  await kept.stop();
});

test('however often it crashes, it listens once for the end', async () => {
  const { kept, running, pauses, signals } = setUp([]);
  await kept.ready;
  const listeners = () => [...signals].flatMap((signal) => getEventListeners(signal, 'abort')).length;
  const before = listeners();
  for (let turn = 0; turn < 5; turn++) {
    running.at(-1)?.crash();
    await expect.poll(() => pauses.length, { timeout: 5_000 }).toBe(turn + 1);
    pauses.at(-1)?.end();
    await expect.poll(() => kept.isUp(), { timeout: 5_000 }).toBe(true);
  }
  expect(listeners()).toBe(before);
  await kept.stop();
});

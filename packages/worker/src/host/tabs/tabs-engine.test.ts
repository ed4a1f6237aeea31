import { type CallMessage, type DevicePackage, decodeError, isOrillaError, type LoadResult } from '@orilla/contract';
import { expect, onTestFinished, test } from 'vitest';
import { answerCall } from '../answer-call.ts';
import type { EngineWork } from './engine-work.ts';
import type { TabChannel, TabMessage } from './tab-messages.ts';
import { TabsEngine } from './tabs-engine.ts';

// Tabs in one process, over Node's own locks and channels; what a tab that closes does to its locks is a double's here: Node has no tabs. The
// browser tests have real ones.

const pkg = { id: 'tiny', engine: 'onnx' } as DevicePackage; // nothing else of it is read here
const loadWork: EngineWork = { name: 'load', given: [pkg] };
const generateWork: EngineWork = { name: 'generate', given: ['tiny', { model: 'tiny', messages: [] }, {}] };

/** A lock manager whose holder can die: what it holds and waits for is given up, and it hears nothing any more. */
function mortalLocks(beforeSteal: () => Promise<void>) {
  const dying = new AbortController();
  const request = async (name: string, ...rest: unknown[]) => {
    const work = rest.at(-1) as (lock: Lock | null) => unknown;
    const options = (rest.length > 1 ? rest[0] : {}) as LockOptions;
    if (options.steal) await beforeSteal();
    const dead = new Promise<void>((resolve) => dying.signal.addEventListener('abort', () => resolve()));
    const signal =
      options.ifAvailable || options.steal ? null : AbortSignal.any([dying.signal, options.signal ?? dying.signal]);
    return navigator.locks.request(name, signal ? { ...options, signal } : options, (lock) =>
      dying.signal.aborted ? undefined : Promise.race([work(lock), dead]),
    );
  };
  // The overloads of `request` are told apart above.
  return { locks: { request, query: () => navigator.locks.query() } as unknown as LockManager, dying };
}

let names = 0;
function origin({ passOverMs = 5_000 } = {}) {
  names += 1;
  const name = `engine-${names}`;
  const open = ({ beforeSteal = async () => undefined }: { beforeSteal?: () => Promise<void> } = {}) => {
    const { locks, dying } = mortalLocks(beforeSteal);
    const channels: BroadcastChannel[] = [];
    const log: string[] = [];
    const frozen: { is: boolean } = { is: false };
    const doWork = (work: EngineWork, port: MessagePort) =>
      answerCall<unknown>(port, async ({ signal, token }) => {
        log.push(work.name);
        if (work.name === 'load') return { packageId: work.given[0].id } as LoadResult; // as above
        for (let count = 1; count <= 40; count += 1) {
          await new Promise((resolve) => setTimeout(resolve, 5));
          if (signal.aborted) log.push('aborted');
          signal.throwIfAborted();
          token({ type: 'token', text: `${count} `, atMs: 0 });
        }
        return null;
      });
    const engine = new TabsEngine({
      name,
      locks,
      passOverMs,
      doWork,
      unload: async () => void log.push('unload'),
      openChannel: (called) => {
        const channel = new BroadcastChannel(called);
        channels.push(channel);
        return {
          postMessage: (message) => {
            if (!frozen.is && !dying.signal.aborted) channel.postMessage(message);
          },
          get onmessage() {
            return null;
          },
          set onmessage(listener: TabChannel['onmessage']) {
            channel.onmessage = (event) => {
              // Node's type of the same event.
              if (!frozen.is && !dying.signal.aborted) listener?.(event as unknown as MessageEvent<TabMessage>);
            };
          },
        };
      },
    });
    const close = () => {
      dying.abort();
      for (const channel of channels) channel.close();
    };
    onTestFinished(close);
    return { engine, log, close, freeze: () => (frozen.is = true), thaw: () => (frozen.is = false) };
  };
  return { open };
}

type Tab = ReturnType<ReturnType<typeof origin>['open']>;

/** One call of a page. */
function call({ engine }: Pick<Tab, 'engine'>, work: EngineWork) {
  const { port1: ours, port2: theirs } = new MessageChannel();
  let text = '';
  let isElsewhere = false;
  const first = Promise.withResolvers<void>();
  const result = new Promise<unknown>((resolve, reject) => {
    ours.onmessage = ({ data }: MessageEvent<CallMessage<unknown>>) => {
      if (data.type === 'elsewhere') isElsewhere = true;
      if (data.type === 'tokens') for (const event of data.events) if (event.type === 'token') text += event.text;
      if (text !== '') first.resolve();
      if (data.type === 'done') resolve(data.result);
      if (data.type === 'error') reject(decodeError(data.error));
    };
  }).finally(() => ours.close());
  result.catch(() => undefined); // it may be lost before the test looks
  engine.start(work, theirs);
  return {
    result,
    first: first.promise,
    text: () => text,
    isElsewhere: () => isElsewhere,
    abort: () => ours.postMessage({ type: 'abort' }),
  };
}

const load = (tab: Tab) => call(tab, loadWork).result;
const whole = Array.from({ length: 40 }, (_, index) => `${index + 1} `).join('');
const codeOf = (result: Promise<unknown>) =>
  result.then(
    () => null,
    (error: unknown) => (isOrillaError(error) ? error.code : String(error)),
  );

test('five tabs have one engine, which answers all of them', async () => {
  const { open } = origin();
  const tabs = Array.from({ length: 5 }, () => open());
  for (const tab of tabs) expect(await load(tab)).toEqual({ packageId: 'tiny' });
  const answers = tabs.map((tab) => call(tab, generateWork));
  await Promise.all(answers.map(({ result }) => result));
  for (const { text } of answers) expect(text()).toBe(whole);
  expect(tabs.filter(({ log }) => log.length > 0)).toHaveLength(1);
});

test('tabs that begin at the same time agree on one', async () => {
  const { open } = origin();
  const tabs = Array.from({ length: 5 }, () => open());
  await Promise.all(tabs.map(load));
  expect(tabs.filter(({ log }) => log.length > 0)).toHaveLength(1);
});

test('when the leading tab closes, the others are told at once, and one of them leads', async () => {
  const { open } = origin();
  const [leader, second, third] = [open(), open(), open()];
  for (const tab of [leader, second, third]) await load(tab);
  const answers = [second, third].map((tab) => call(tab, generateWork));
  await Promise.all(answers.map(({ first }) => first));
  leader.close();
  for (const { result } of answers) expect(await codeOf(result)).toBe('engine.worker-died');
  await Promise.all([second, third].map(load));
  const again = [second, third].map((tab) => call(tab, generateWork));
  await Promise.all(again.map(({ result }) => result));
  expect([second, third].filter(({ log }) => log.length > 0)).toHaveLength(1);
});

test('what another leader never opened is not asked of it: a tab learns that its own is gone', async () => {
  const { open } = origin();
  const [leader, second] = [open(), open()];
  await load(leader);
  await load(second);
  leader.close();
  await expect.poll(() => codeOf(call(second, generateWork).result)).toBe('engine.worker-died');
  expect(second.log).toEqual([]);
});

test('an abort reaches the tab that computes, and ends that answer alone', async () => {
  const { open } = origin();
  const [leader, second, third] = [open(), open(), open()];
  for (const tab of [leader, second, third]) await load(tab);
  const [stopped, other] = [call(second, generateWork), call(third, generateWork)];
  await Promise.all([stopped.first, other.first]);
  stopped.abort();
  await other.result;
  expect(other.text()).toBe(whole);
  expect(leader.log.filter((what) => what === 'aborted')).toHaveLength(1);
  expect(stopped.text()).not.toBe(whole);
});

test('a following tab that closes is computed for no longer', async () => {
  const { open } = origin();
  const [leader, second] = [open(), open()];
  await load(leader);
  await load(second);
  await call(second, generateWork).first;
  second.close();
  await expect.poll(() => leader.log).toContain('aborted');
});

test('a leader that is frozen is passed over, and gives its memory back when it wakes up', async () => {
  const { open } = origin({ passOverMs: 50 });
  const [leader, second, third] = [open(), open(), open()];
  for (const tab of [leader, second, third]) await load(tab);
  const own = call(leader, generateWork);
  const answer = call(second, generateWork);
  await answer.first;
  leader.freeze();
  expect(await codeOf(answer.result)).toBe('engine.worker-died');
  await load(second);
  expect(second.log).toEqual(['load']);
  leader.thaw();
  expect(await codeOf(own.result)).toBe('engine.worker-died');
  await expect.poll(() => leader.log).toContain('unload');
  // From now on it follows, as the others.
  await load(leader);
  await load(third);
  expect(second.log).toEqual(['load', 'load', 'load']);
});

test('a tab that opens while the leader is frozen does not wait for ever', async () => {
  const { open } = origin({ passOverMs: 150 });
  const leader = open();
  await load(leader);
  leader.freeze();
  const late = open();
  expect(await load(late)).toEqual({ packageId: 'tiny' });
  expect(late.log).toEqual(['load']);
});

test('a leader that wakes up just when its lock is stolen is followed no longer than that', async () => {
  const { open } = origin({ passOverMs: 300 });
  const [stealing, steal] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const leader = open();
  await load(leader);
  leader.freeze();
  const beforeSteal = () => {
    stealing.resolve();
    return steal.promise;
  };
  const late = open({ beforeSteal });
  const loading = load(late);
  await stealing.promise;
  leader.thaw();
  await load(open());
  await loading;
  expect(late.log).toEqual([]);
  const answer = call(late, generateWork);
  await answer.first;
  steal.resolve();
  expect(await codeOf(answer.result)).toBe('engine.worker-died');
  await load(late);
  // It leads, and has not stolen the lock from itself.
  expect(late.log).toEqual(['load']);
});

test('a leader that computes for long without a token is not passed over while it answers', async () => {
  const { open } = origin({ passOverMs: 60 });
  const [leader, second] = [open(), open()];
  await load(leader);
  await load(second);
  const answer = call(second, generateWork);
  await answer.result;
  expect(answer.text()).toBe(whole);
  expect(second.log).toEqual([]);
});

test('a page is told where another tab computes for it, and the leading tab knows whether others ask it', async () => {
  const { open } = origin();
  const [leader, second] = [open(), open()];
  await load(leader);
  const loading = call(second, loadWork);
  await loading.result;
  expect(loading.isElsewhere()).toBe(true);
  expect([leader.engine.isShared, second.engine.isShared]).toEqual([false, false]);
  const [own, answer] = [call(leader, generateWork), call(second, generateWork)];
  await Promise.all([own.first, answer.first]);
  expect([leader.engine.isShared, second.engine.isShared]).toEqual([true, false]);
  await Promise.all([own.result, answer.result]);
  expect([own.isElsewhere(), answer.isElsewhere()]).toEqual([false, true]);
  expect(leader.engine.isShared).toBe(false);
  const left = call(second, generateWork);
  await left.first;
  second.close();
  await expect.poll(() => leader.engine.isShared).toBe(false);
});

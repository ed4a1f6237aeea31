import { expect, test } from 'vitest';
import { TransferSlots } from '../network/transfer-slots.ts';
import { until } from '../store.double.ts';
import { TransferShare } from './transfer-share.ts';

const signal = new AbortController().signal;
const nothing = { signal, bytes: () => 0 };

function makeShares() {
  const slots = new TransferSlots({ now: () => 0 });
  const waits: Record<'question' | 'background', boolean[]> = { question: [], background: [] };
  const share = (priority: 'question' | 'background') =>
    new TransferShare({ slots, priority, onWaiting: (isWaiting) => waits[priority].push(isWaiting) });
  return { share, waits };
}

/** Transfers that run until they are let end. */
function transfers(share: TransferShare, count: number) {
  const gate = Promise.withResolvers<void>();
  const begun: number[] = [];
  const ended = Array.from({ length: count }, (_, index) =>
    share.transfer(async () => {
      begun.push(index);
      await gate.promise;
    }, nothing),
  );
  return { begun, end: gate.resolve, ended: Promise.all(ended) };
}

test('what runs at once tells nothing of waiting', async () => {
  const { share, waits } = makeShares();
  const { end, ended, begun } = transfers(share('background'), 2);
  await until(() => begun.length === 2);
  end();
  await ended;
  expect(waits.background).toEqual([]);
});

test('a download of which nothing runs, because others go first, says that it waits, and when it does no more', async () => {
  const { share, waits } = makeShares();
  const question = transfers(share('question'), 3);
  const background = transfers(share('background'), 2);
  await until(() => waits.background.length > 0);
  expect(waits).toEqual({ question: [], background: [true] });
  question.end();
  await until(() => background.begun.length > 0);
  expect(waits.background).toEqual([true, false]);
  background.end();
  await Promise.all([question.ended, background.ended]);
});

test('once somebody waits for it, it goes before what is fetched in the background, also with what it asked for already', async () => {
  const { share } = makeShares();
  const running = transfers(share('question'), 2);
  const first = transfers(share('background'), 2);
  const raised = share('background');
  const second = transfers(raised, 2);
  await until(() => running.begun.length === 2);
  raised.raise('background');
  raised.raise('question');
  running.end();
  await until(() => second.begun.length === 2);
  expect(first.begun).toEqual([]);
  second.end();
  await until(() => first.begun.length === 2);
  first.end();
  await Promise.all([running.ended, first.ended, second.ended]);
});

test('who leaves while waiting is let go', async () => {
  const { share } = makeShares();
  const running = transfers(share('question'), 2);
  const leaving = new AbortController();
  const left = share('background').transfer(async () => undefined, { signal: leaving.signal, bytes: () => 0 });
  leaving.abort();
  await expect(left).rejects.toMatchObject({ name: 'AbortError' });
  running.end();
  await running.ended;
});

test('a failure gives the slot back', async () => {
  const { share } = makeShares();
  const one = share('question');
  for (let times = 0; times < 5; times += 1)
    await expect(one.transfer(() => Promise.reject(new Error('broken')), nothing)).rejects.toThrow('broken');
  await one.transfer(async () => undefined, nothing);
});

test('while one rests others go on; it goes on when it is its turn, and gives its slot back once', async () => {
  const { share, waits } = makeShares();
  const rested = Promise.withResolvers<void>();
  const after: string[] = [];
  const resting = [1, 2].map(() =>
    share('background').transfer(async ({ rest }) => {
      await rest(() => rested.promise);
      after.push('rested');
    }, nothing),
  );
  const running = transfers(share('background'), 2);
  await until(() => running.begun.length === 2);
  const waiting = transfers(share('background'), 1);
  rested.resolve();
  await until(() => waits.background.length > 0);
  expect(after).toEqual([]);
  running.end();
  waiting.end();
  await Promise.all([...resting, running.ended, waiting.ended]);
  expect(after).toHaveLength(2);
  const two = transfers(share('background'), 3);
  await until(() => two.begun.length === 2);
  two.end();
  await two.ended;
});

test('what fails while it rests has no slot to give back', async () => {
  const { share } = makeShares();
  const work = share('background').transfer(({ rest }) => rest(() => Promise.reject(new Error('gone'))), nothing);
  await expect(work).rejects.toThrow('gone');
  const three = transfers(share('background'), 3);
  await until(() => three.begun.length === 2);
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(three.begun).toHaveLength(2);
  three.end();
  await three.ended;
});

test('bytes are told to the slots once, whatever rests between them', async () => {
  const told: number[] = [];
  const slot = { interrupted: () => undefined, release: (bytes: number) => told.push(bytes) };
  const slots = { take: async () => slot, turnAway: () => undefined };
  const share = new TransferShare({ slots, priority: 'question', onWaiting: () => undefined });
  let arrived = 0;
  await share.transfer(
    async ({ rest }) => {
      arrived = 40;
      await rest(async () => undefined);
      arrived = 100;
    },
    { signal, bytes: () => arrived },
  );
  expect(told).toEqual([40, 60]);
});

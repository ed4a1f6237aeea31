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

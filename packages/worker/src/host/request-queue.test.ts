import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RequestQueue } from './request-queue.ts';

const signal = new AbortController().signal;
const settle = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

test('gives as many turns as the engine takes, and the next one when one ends', async () => {
  const queue = new RequestQueue({ parallel: 2, maxWaiting: 4 });
  const endFirst = await queue.takeTurn({ signal });
  await queue.takeTurn({ signal });
  let hasTurn = false;
  const third = queue.takeTurn({ signal }).then(() => {
    hasTurn = true;
  });
  await settle();
  expect(hasTurn).toBe(false);
  endFirst();
  await third;
  expect(hasTurn).toBe(true);
});

test('first come, first served', async () => {
  const queue = new RequestQueue({ parallel: 1, maxWaiting: 9 });
  let end = await queue.takeTurn({ signal });
  const order: number[] = [];
  const all = [1, 2, 3, 4].map(async (number) => {
    const endMine = await queue.takeTurn({ signal });
    order.push(number);
    end = endMine;
    endMine();
  });
  end();
  await Promise.all(all);
  expect(order).toEqual([1, 2, 3, 4]);
});

test('one more than may wait is refused, in words that help', async () => {
  const queue = new RequestQueue({ parallel: 1, maxWaiting: 1 });
  await queue.takeTurn({ signal });
  queue.takeTurn({ signal });
  await expect(queue.takeTurn({ signal })).rejects.toMatchObject({
    code: 'engine.busy',
    isRetryable: true,
    advice: expect.any(String),
  });
});

test('who aborts while waiting leaves the queue, and the next one moves up', async () => {
  const queue = new RequestQueue({ parallel: 1, maxWaiting: 2 });
  const end = await queue.takeTurn({ signal });
  const controller = new AbortController();
  const impatient = queue.takeTurn({ signal: controller.signal });
  const patient = queue.takeTurn({ signal });
  controller.abort();
  await expect(impatient).rejects.toMatchObject({ name: 'AbortError' });
  end();
  await patient;
});

test('who is aborted already takes no turn', async () => {
  const queue = new RequestQueue({ parallel: 1, maxWaiting: 0 });
  await expect(queue.takeTurn({ signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
  await queue.takeTurn({ signal });
});

test('ending a turn twice gives no second one away', async () => {
  const queue = new RequestQueue({ parallel: 1, maxWaiting: 2 });
  const end = await queue.takeTurn({ signal });
  end();
  end();
  await queue.takeTurn({ signal });
  let hasTurn = false;
  queue.takeTurn({ signal }).then(() => {
    hasTurn = true;
  });
  await settle();
  expect(hasTurn).toBe(false);
});

test('whatever comes, goes and leaves: never more than allowed run, and nobody waits while there is room', async () => {
  const step = fc.constantFrom('come', 'end', 'abort');
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const queue = new RequestQueue({ parallel: 2, maxWaiting: 3 });
      const running: (() => void)[] = [];
      const waiting = new Set<AbortController>();
      for (const now of steps) {
        if (now === 'come') {
          const controller = new AbortController();
          waiting.add(controller);
          queue
            .takeTurn({ signal: controller.signal })
            .then((end) => running.push(end))
            .catch(() => undefined)
            .finally(() => waiting.delete(controller));
        }
        if (now === 'end') running.shift()?.();
        if (now === 'abort') [...waiting].at(-1)?.abort();
        await settle();
        expect(running.length).toBeLessThanOrEqual(2);
        expect(waiting.size).toBeLessThanOrEqual(3);
        if (waiting.size > 0) expect(running.length).toBe(2);
      }
    }),
    { numRuns: 50 },
  );
});

const priorities = ['high', 'normal', 'low'] as const;
type Priority = (typeof priorities)[number];

/** Lets all of them ask while one computes, and gives the order in which they have their turns. */
async function orderOf(asked: readonly Priority[], parallel = 1) {
  const queue = new RequestQueue({ parallel, maxWaiting: asked.length });
  const first = await Promise.all(Array.from({ length: parallel }, () => queue.takeTurn({ signal })));
  const order: { readonly priority: Priority; readonly index: number }[] = [];
  const all = asked.map(async (priority, index) => {
    const end = await queue.takeTurn({ signal, priority });
    order.push({ priority, index });
    await settle();
    end();
  });
  for (const end of first) end();
  await Promise.all(all);
  return order;
}

test('more urgent ones go first, and what is not said is normal', async () => {
  expect((await orderOf(['low', 'normal', 'high'])).map(({ priority }) => priority)).toEqual(['high', 'normal', 'low']);
  const queue = new RequestQueue({ parallel: 1, maxWaiting: 2 });
  const end = await queue.takeTurn({ signal });
  const order: string[] = [];
  const take = async (name: string, turn: Promise<() => void>) => {
    const endMine = await turn;
    order.push(name);
    endMine();
  };
  const low = take('low', queue.takeTurn({ signal, priority: 'low' }));
  const unsaid = take('unsaid', queue.takeTurn({ signal }));
  end();
  await Promise.all([low, unsaid]);
  expect(order).toEqual(['unsaid', 'low']);
});

test('while all wait, they share the turns six to three to one', async () => {
  const order = await orderOf(Array.from({ length: 90 }, (_, index) => priorities[index % 3] ?? 'low'));
  const firstFifty = order.slice(0, 50).map(({ priority }) => priority);
  const count = (priority: Priority) => firstFifty.filter((one) => one === priority).length;
  expect(Math.abs(count('high') - 30)).toBeLessThanOrEqual(2);
  expect(Math.abs(count('normal') - 15)).toBeLessThanOrEqual(2);
  expect(Math.abs(count('low') - 5)).toBeLessThanOrEqual(2);
});

test('property: everybody has a turn, of one priority in order, and nobody waits behind more than its share of others', async () => {
  const share = { high: 6, normal: 3, low: 1 };
  const asking = fc.array(fc.constantFrom(...priorities), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(asking, fc.integer({ min: 1, max: 3 }), async (asked, parallel) => {
      const order = await orderOf(asked, parallel);
      expect(order.map(({ index }) => index).toSorted((a, b) => a - b)).toEqual(asked.map((_, index) => index));
      for (const priority of priorities) {
        const own = order.filter((turn) => turn.priority === priority);
        expect(own.map(({ index }) => index)).toEqual(own.map(({ index }) => index).toSorted((a, b) => a - b));
        own.forEach(({ index }, before) => {
          const at = order.findIndex((turn) => turn.index === index);
          expect(at).toBeLessThanOrEqual(Math.ceil(((before + 1) * 10) / share[priority]) + 3);
        });
      }
    }),
    { numRuns: 40 },
  );
});

test('one that comes again and again cannot keep a less urgent one waiting', async () => {
  const queue = new RequestQueue({ parallel: 1, maxWaiting: 3 });
  let end = await queue.takeTurn({ signal });
  let hasLow = false;
  const low = queue.takeTurn({ signal, priority: 'low' }).then((endMine) => {
    hasLow = true;
    endMine();
  });
  let turns = 0;
  for (; !hasLow && turns < 50; turns += 1) {
    const next = queue.takeTurn({ signal, priority: 'high' });
    end();
    end = await next;
    await settle();
  }
  await low;
  expect(turns).toBeLessThan(15);
});

test('who waited for nobody has saved up nothing: a line that was long empty does not go first ever after', async () => {
  const queue = new RequestQueue({ parallel: 1, maxWaiting: 60 });
  let end = await queue.takeTurn({ signal });
  for (let times = 0; times < 60; times += 1) {
    const next = queue.takeTurn({ signal, priority: 'high' });
    end();
    end = await next;
  }
  const order: Priority[] = [];
  const all = [
    ...Array.from({ length: 6 }, () => 'low' as const),
    ...Array.from({ length: 6 }, () => 'high' as const),
  ].map(async (priority) => {
    const endMine = await queue.takeTurn({ signal, priority });
    order.push(priority);
    await settle();
    endMine();
  });
  end();
  await Promise.all(all);
  expect(order.slice(0, 7).filter((priority) => priority === 'low').length).toBeLessThanOrEqual(2);
});

test('property: whoever leaves while waiting takes no turn, and the others have all of theirs', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ priority: fc.constantFrom(...priorities), leaves: fc.boolean() }), { maxLength: 20 }),
      async (asked) => {
        const queue = new RequestQueue({ parallel: 1, maxWaiting: asked.length });
        const end = await queue.takeTurn({ signal });
        const turns: number[] = [];
        const all = asked.map(async ({ priority, leaves }, index) => {
          const controller = new AbortController();
          const turn = queue.takeTurn({ signal: controller.signal, priority });
          if (leaves) controller.abort();
          const endMine = await turn.catch(() => null);
          if (endMine) turns.push(index);
          endMine?.();
        });
        await settle();
        end();
        await Promise.all(all);
        expect(turns.toSorted((a, b) => a - b)).toEqual(asked.flatMap(({ leaves }, index) => (leaves ? [] : [index])));
        // Nothing is left over: the next one need not wait.
        (await queue.takeTurn({ signal }))();
      },
    ),
    { numRuns: 40 },
  );
});

test('where as many wait as may, a more urgent one takes the place of the youngest of the least urgent, who is told so', async () => {
  const queue = new RequestQueue({ parallel: 1, maxWaiting: 4 });
  const end = await queue.takeTurn({ signal });
  const order: string[] = [];
  const ask = async (name: string, priority: Priority) => {
    const endMine = await queue.takeTurn({ signal, priority });
    order.push(name);
    await settle();
    endMine();
  };
  const [firstLow, normal, secondLow, thirdLow] = [
    ask('first low', 'low'),
    ask('normal', 'normal'),
    ask('second low', 'low'),
    ask('third low', 'low'),
  ];
  const displaced = { code: 'engine.busy', isRetryable: true, advice: expect.stringContaining('higher priority') };
  const high = ask('high', 'high');
  await expect(thirdLow).rejects.toMatchObject(displaced);
  const otherNormal = ask('other normal', 'normal');
  await expect(secondLow).rejects.toMatchObject(displaced);
  // As urgent as the least that wait, or less: refused, and nobody gives way.
  await expect(ask('fourth low', 'low')).rejects.toMatchObject({ code: 'engine.busy', advice: expect.any(String) });
  end();
  await Promise.all([firstLow, normal, high, otherNormal]);
  expect(order.toSorted()).toEqual(['first low', 'high', 'normal', 'other normal']);
});

test('property: however full, as many wait as may and no more, who gives way is the youngest of the least urgent, and who stays has a turn', async () => {
  const rank = { high: 0, normal: 1, low: 2 };
  const asking = fc.array(fc.constantFrom(...priorities), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(asking, fc.integer({ min: 0, max: 5 }), async (asked, maxWaiting) => {
      const queue = new RequestQueue({ parallel: 1, maxWaiting });
      const end = await queue.takeTurn({ signal });
      const refused: number[] = [];
      const turns: number[] = [];
      // What should be: who waits, in the order in which they came.
      const waiting: number[] = [];
      const refusedByRule: number[] = [];
      const all = asked.map(async (priority, index) => {
        const own = rank[priority];
        if (waiting.length < maxWaiting) waiting.push(index);
        else {
          const rankOf = (one: number) => rank[asked[one] ?? 'high'];
          const last = Math.max(-1, ...waiting.map(rankOf));
          const youngest = waiting.findLast((one) => rankOf(one) === last);
          const leaving = last > own ? (youngest ?? index) : index;
          refusedByRule.push(leaving);
          if (leaving !== index) waiting.splice(waiting.indexOf(leaving), 1, index);
          waiting.sort((a, b) => a - b);
        }
        try {
          const endMine = await queue.takeTurn({ signal, priority });
          turns.push(index);
          endMine();
        } catch (error) {
          expect(error).toMatchObject({ code: 'engine.busy' });
          refused.push(index);
        }
      });
      await settle();
      expect(refused.toSorted((a, b) => a - b)).toEqual(refusedByRule.toSorted((a, b) => a - b));
      end();
      await Promise.all(all);
      expect(turns.toSorted((a, b) => a - b)).toEqual(waiting);
      (await queue.takeTurn({ signal }))();
    }),
    { numRuns: 60 },
  );
});

test('property: while urgent ones come without end, who waits and does not have to give way has a turn among the next few', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('normal' as const, 'low' as const),
      fc.integer({ min: 2, max: 6 }),
      async (priority, maxWaiting) => {
        const queue = new RequestQueue({ parallel: 1, maxWaiting });
        let end = await queue.takeTurn({ signal });
        let hasTurn = false;
        const patient = queue.takeTurn({ signal, priority }).then((endMine) => {
          hasTurn = true;
          endMine();
        });
        let turns = 0;
        // One place less than there are: nobody has to give way.
        const urgent = Array.from({ length: maxWaiting - 1 }, () => queue.takeTurn({ signal, priority: 'high' }));
        for (; !hasTurn && turns < 50; turns += 1) {
          end();
          await settle();
          if (hasTurn) break;
          const next = urgent.shift();
          if (!next) throw new Error('One waits.');
          end = await next;
          urgent.push(queue.takeTurn({ signal, priority: 'high' }));
        }
        expect(turns).toBeLessThan(15);
        await patient;
      },
    ),
    { numRuns: 20 },
  );
});

import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

const { signal } = new AbortController();

test('lets one in at a time, in the order in which they came', async () => {
  const turns = new Turns();
  const order: string[] = [];
  const work = async (name: string) => {
    const leave = await turns.take({ signal });
    order.push(`${name} begins`);
    await new Promise((resolve) => setTimeout(resolve, 1));
    order.push(`${name} ends`);
    leave();
  };
  await Promise.all([work('a'), work('b'), work('c')]);
  expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

test('one that is aborted while it waits leaves at once, and holds up nobody', async () => {
  const turns = new Turns();
  const leave = await turns.take({ signal });
  const left = new AbortController();
  const waiting = turns.take({ signal: left.signal });
  const behind = turns.take({ signal });
  left.abort();
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  leave();
  (await behind)();
});

test('one that is aborted already takes no turn', async () => {
  const turns = new Turns();
  await expect(turns.take({ signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
  (await turns.take({ signal }))();
});

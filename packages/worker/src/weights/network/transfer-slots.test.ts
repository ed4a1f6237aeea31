import { expect, test } from 'vitest';
import { type TransferSlot, TransferSlots } from './transfer-slots.ts';

const signal = new AbortController().signal;

function makeSlots() {
  const clock = { nowMs: 0 };
  return { clock, slots: new TransferSlots({ now: () => clock.nowMs }) };
}

const take = (slots: TransferSlots, priority: 'question' | 'background' = 'question') =>
  slots.take({ priority, signal });

/** Whether a slot is given now, without waiting for anything but the queue. */
async function given(taking: Promise<TransferSlot>): Promise<TransferSlot | null> {
  return Promise.race([taking, Promise.resolve().then(() => Promise.resolve(null))]);
}

/** Takes all slots, and gives them back after `ms`, each with `bytes`. */
async function fillOnce({ slots, clock }: ReturnType<typeof makeSlots>, { ms, bytes }: { ms: number; bytes: number }) {
  const taken = await Promise.all(Array.from({ length: slots.limit }, () => take(slots)));
  clock.nowMs += ms;
  for (const slot of taken) slot.release(bytes);
}

/** As a connection does that gives every transfer the same speed. */
async function rampUp(world: ReturnType<typeof makeSlots>, windows: number) {
  const limits: number[] = [];
  for (let window = 0; window < windows; window += 1) {
    await fillOnce(world, { ms: 100, bytes: 1_000 });
    limits.push(world.slots.limit);
  }
  return limits;
}

test('begins with two, and a third one waits until one of them is given back', async () => {
  const { slots } = makeSlots();
  const first = await take(slots);
  await take(slots);
  const third = take(slots);
  expect(await given(third)).toBeNull();
  first.release(10);
  expect(await third).toBeDefined();
});

test('while every transfer adds speed there is one more each time, up to six', async () => {
  expect(await rampUp(makeSlots(), 7)).toEqual([3, 4, 5, 6, 6, 6, 6]);
});

test('where the line is full with two, a third one is tried and nothing more', async () => {
  const world = makeSlots();
  for (let window = 0; window < 10; window += 1) await fillOnce(world, { ms: world.slots.limit * 50, bytes: 1_000 });
  expect(world.slots.limit).toBe(3);
});

test('a speed that sways does not count as one that grows', async () => {
  const world = makeSlots();
  for (let window = 0; window < 20; window += 1)
    await fillOnce(world, { ms: world.slots.limit * (window % 2 ? 60 : 50), bytes: 1_000 });
  expect(world.slots.limit).toBe(3);
});

test('slots that nobody takes are no reason for more of them', async () => {
  const { slots, clock } = makeSlots();
  for (let transfer = 1; transfer < 20; transfer += 1) {
    const slot = await take(slots);
    clock.nowMs += 100;
    slot.release(1_000 * 2 ** transfer);
  }
  expect(slots.limit).toBe(2);
});

test('an interruption halves the number, never below one', async () => {
  const world = makeSlots();
  await rampUp(world, 5);
  const slot = await take(world.slots);
  const limits = [1, 2, 3, 4].map(() => {
    slot.interrupted();
    return world.slots.limit;
  });
  expect(limits).toEqual([3, 1, 1, 1]);
});

test('transfers that break together halve it once; the same one again, again', async () => {
  const world = makeSlots();
  await rampUp(world, 4);
  const slots = await Promise.all(Array.from({ length: 6 }, () => take(world.slots)));
  for (const slot of slots) slot.interrupted();
  expect(world.slots.limit).toBe(3);
  slots[0]?.interrupted();
  expect(world.slots.limit).toBe(1);
});

test('after a halving nothing is given until fewer are under way than may be, and then it grows again', async () => {
  const world = makeSlots();
  await rampUp(world, 4);
  const taken = await Promise.all(Array.from({ length: 6 }, () => take(world.slots)));
  taken[0]?.interrupted();
  const next = take(world.slots);
  for (const slot of taken.slice(0, 3)) slot.release(0);
  expect(await given(next)).toBeNull();
  taken[3]?.release(0);
  (await next).release(0);
  for (const slot of taken.slice(4)) slot.release(0);
  expect(await rampUp(world, 3)).toEqual([4, 5, 6]);
});

test('a question goes before what waits in the background, in the order of asking', async () => {
  const { slots } = makeSlots();
  const [one, two] = [await take(slots, 'background'), await take(slots, 'background')];
  const order: string[] = [];
  const ask = async (name: string, priority: 'question' | 'background') => {
    const slot = await take(slots, priority);
    order.push(name);
    slot.release(1);
  };
  const asked = [
    ask('background 1', 'background'),
    ask('question 1', 'question'),
    ask('background 2', 'background'),
    ask('question 2', 'question'),
  ];
  one.release(1);
  await Promise.all(asked);
  two.release(1);
  expect(order).toEqual(['question 1', 'question 2', 'background 1', 'background 2']);
});

test('what is under way in the background keeps its slot when a question comes, which has one more at once', async () => {
  const { slots } = makeSlots();
  await take(slots, 'background');
  const one = await take(slots, 'background');
  const question = await given(take(slots, 'question'));
  expect(question).not.toBeNull();
  const second = take(slots, 'question');
  expect(await given(second)).toBeNull();
  one.release(1);
  expect(await given(second)).toBeNull();
  question?.release(1);
  expect(await given(second)).not.toBeNull();
});

test('so it has where the number was halved to one, and where questions themselves hold all it has not', async () => {
  const { slots } = makeSlots();
  const stream = await take(slots, 'background');
  stream.interrupted();
  expect(slots.limit).toBe(1);
  expect(await given(take(slots, 'background'))).toBeNull();
  expect(await given(take(slots, 'question'))).not.toBeNull();
  expect(await given(take(slots, 'question'))).toBeNull();
});

test('whoever aborts leaves the queue', async () => {
  const { slots } = makeSlots();
  const [one] = [await take(slots), await take(slots)];
  const controller = new AbortController();
  const leaving = slots.take({ priority: 'question', signal: controller.signal });
  const staying = take(slots);
  controller.abort();
  await expect(leaving).rejects.toBe(controller.signal.reason);
  one.release(1);
  expect(await staying).toBeDefined();
  await expect(slots.take({ priority: 'question', signal: controller.signal })).rejects.toBe(controller.signal.reason);
});

test('an abort after the slot was given changes nothing: it is still to be given back, and counts once', async () => {
  const { slots } = makeSlots();
  const controller = new AbortController();
  const slot = await slots.take({ priority: 'question', signal: controller.signal });
  controller.abort();
  await take(slots);
  const [third, fourth] = [take(slots), take(slots)];
  slot.release(1);
  slot.release(1);
  await third;
  expect(await given(fourth)).toBeNull();
});

test('whoever waits can be turned away with a reason; what runs goes on, and who comes later waits again', async () => {
  const { slots } = makeSlots();
  const running = await Promise.all([take(slots), take(slots)]);
  const waiting = [take(slots), take(slots, 'background')];
  slots.turnAway(new Error('full'));
  for (const turned of waiting) await expect(turned).rejects.toThrow('full');
  const later = take(slots);
  expect(await given(later)).toBeNull();
  for (const slot of running) slot.release(1);
  expect(await later).toBeDefined();
});

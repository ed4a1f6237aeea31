import { expect, onTestFinished, test } from 'vitest';
import { createNextTask } from './next-task.ts';

function setUp() {
  const made: MessageChannel[] = [];
  const nextTask = createNextTask({
    makeChannel: () => {
      const channel = new MessageChannel();
      made.push(channel);
      return channel;
    },
  });
  onTestFinished(() => {
    for (const { port1 } of made) port1.close();
  });
  return { made, nextTask };
}

test('all that was about to happen in this task happens before', async () => {
  const { nextTask } = setUp();
  const log: string[] = [];
  const later = nextTask().then(() => log.push('the next task'));
  for (let turn = 0; turn < 50; turn += 1) await null;
  log.push('this task');
  await later;
  expect(log).toEqual(['this task', 'the next task']);
});

test('however often it is asked, there is one channel, and none before', async () => {
  const { made, nextTask } = setUp();
  expect(made).toHaveLength(0);
  const order: number[] = [];
  await Promise.all(Array.from({ length: 20 }, (_, number) => nextTask().then(() => order.push(number))));
  await nextTask();
  expect(made).toHaveLength(1);
  expect(order).toEqual(Array.from({ length: 20 }, (_, number) => number));
});

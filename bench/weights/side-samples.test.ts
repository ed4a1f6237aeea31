import { expect, test } from 'vitest';
import { measureInTurn, sampleRecorder } from './side-samples.ts';

test('the sides take turns, and each figure is kept under its own', async () => {
  const order: string[] = [];
  const samples = await measureInTurn(
    async (side) => {
      order.push(side);
      return order.length;
    },
    { runs: 2, sides: ['ours', 'wllama'] },
  );
  expect(order).toEqual(['ours', 'wllama', 'ours', 'wllama']);
  expect(samples).toEqual({ ours: [1, 3], wllama: [2, 4] });
});

test('a measurement that fails ends it', async () => {
  const measure = async () => {
    throw new Error('no disk');
  };
  await expect(measureInTurn(measure, { runs: 3, sides: ['ours'] })).rejects.toThrow('no disk');
});

test('what was not measured has no samples', () => {
  const { all, note } = sampleRecorder();
  note('ours', 5);
  expect(all).toEqual({ ours: [5] });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryRecords } from '../weights/backend/memory-backend.double.ts';
import { DeviceRows, type Opening } from './device-rows.ts';
import { OpeningNotes } from './opening-notes.ts';

const opening: Opening = { backend: 'wasm', needBytes: 100 };

/** Notes of an origin whose living workers are these. */
function origin(alive: Set<string> = new Set()) {
  const rows = new DeviceRows({ rows: memoryRecords() });
  const page = () => new OpeningNotes({ rows, isAlive: async (lock) => alive.has(lock) });
  return { rows, page, alive };
}

test('what was opened to its end, well or not, leaves no note', async () => {
  const { page, rows } = origin();
  const over = await page().begin('here', 'one', opening);
  await over();
  expect(await page().takeLost('here', [])).toEqual([]);
  expect((await rows.read('here')).openings).toEqual({});
});

test('what a worker that is gone was opening is told once, to the first page that asks', async () => {
  const { page } = origin();
  await page().begin('here', 'one', opening);
  const [first, second] = await Promise.all([page().takeLost('here', []), page().takeLost('here', [])]);
  expect([...first, ...second]).toEqual([opening]);
  expect(await page().takeLost('here', [])).toEqual([]);
});

test('a worker that lives goes on with it', async () => {
  const { page, alive } = origin(new Set(['one']));
  await page().begin('here', 'one', opening);
  expect(await page().takeLost('here', [])).toEqual([]);
  alive.delete('one');
  expect(await page().takeLost('here', [])).toEqual([opening]);
});

test('a worker whose page was closed took nothing down, and its note goes', async () => {
  const { page } = origin();
  await page().begin('here', 'one', opening);
  expect(await page().takeLost('here', ['one', 'other'])).toEqual([]);
  expect(await page().takeLost('here', [])).toEqual([]);
});

test('notes belong to a device as it is', async () => {
  const { page } = origin();
  await page().begin('here', 'one', opening);
  expect(await page().takeLost('there', [])).toEqual([]);
});

test('a storage that keeps nothing is done without', async () => {
  const broken = { ...memoryRecords<never>(), update: () => Promise.reject(new Error('no storage')) };
  const notes = new OpeningNotes({ rows: new DeviceRows({ rows: broken }), isAlive: async () => false });
  await (await notes.begin('here', 'one', opening))();
  expect(await notes.takeLost('here', [])).toEqual([]);
});

test('property: of all that began, what is told is what neither ended, nor lives, nor was closed; and never more than eight', async () => {
  const fate = fc.constantFrom('ended', 'lives', 'closed', 'lost');
  await fc.assert(
    fc.asyncProperty(fc.array(fate, { maxLength: 12 }), async (fates) => {
      const { page } = origin(new Set(fates.flatMap((one, index) => (one === 'lives' ? `worker-${index}` : []))));
      for (const [index, one] of fates.entries()) {
        const over = await page().begin('here', `worker-${index}`, { backend: 'wasm', needBytes: index });
        if (one === 'ended') await over();
      }
      const closed = fates.flatMap((one, index) => (one === 'closed' ? `worker-${index}` : []));
      const noted = fates.map((one, index) => ({ one, index })).filter(({ one }) => one !== 'ended');
      const told = (await page().takeLost('here', closed)).map(({ needBytes }) => needBytes);
      const lost = noted.filter(({ one }) => one === 'lost').map(({ index }) => index);
      if (fates.length <= 8) expect(told).toEqual(lost);
      else expect(lost).toEqual(expect.arrayContaining([...told]));
      expect(told.length).toBeLessThanOrEqual(8);
    }),
    { numRuns: 50 },
  );
});

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scratchFolder } from '../../tools/test/scratch-folder.ts';
import { peakResidentBytesOf, residentBytesOf, residentMemoryMissing } from './resident-memory.ts';

async function fakeProcess(proc: string, pid: number, status: string) {
  await mkdir(join(proc, String(pid)), { recursive: true });
  await writeFile(join(proc, String(pid), 'status'), status);
}

test('is what the system says of a process, in bytes', async () => {
  await using folder = await scratchFolder();
  await fakeProcess(folder.path, 100, 'Name:\tchromium\nVmHWM:\t  900 kB\nVmRSS:\t  512 kB\nRssAnon:\t 1 kB\n');
  expect(await residentBytesOf(100, { proc: folder.path })).toBe(512 * 1024);
  expect(await peakResidentBytesOf(100, { proc: folder.path })).toBe(900 * 1024);
});

test('a process that has ended, or has no memory of its own any more, has none', async () => {
  await using folder = await scratchFolder();
  await fakeProcess(folder.path, 100, 'Name:\tchromium\nState:\tZ (zombie)\n');
  expect(await residentBytesOf(100, { proc: folder.path })).toBe(0);
  expect(await residentBytesOf(200, { proc: folder.path })).toBe(0);
  expect(await peakResidentBytesOf(200, { proc: folder.path })).toBe(0);
});

test('says why there are no figures where the system does not tell', async () => {
  await using folder = await scratchFolder();
  expect(await residentMemoryMissing(folder.path)).toMatch(/only Linux/);
});

describe.runIf(process.platform === 'linux')('on this Linux', () => {
  test('grows with what a process holds', async () => {
    const before = await residentBytesOf(process.pid);
    const held = Buffer.alloc(64 * 1024 ** 2, 1);
    expect((await residentBytesOf(process.pid)) - before).toBeGreaterThan(held.length / 2);
  });

  test('can be had', async () => {
    expect(await residentMemoryMissing()).toBeNull();
  });
});

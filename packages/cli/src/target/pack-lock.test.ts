import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lockPackage } from './pack-lock.ts';

async function setUp() {
  const folder = await mkdtemp(join(tmpdir(), 'orilla-lock-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'tiny', '.lock');
  const leave = async (holder: string) => {
    await mkdir(join(folder, 'tiny'), { recursive: true });
    await writeFile(path, holder);
  };
  return { folder, path, leave, lock: (id = 'tiny') => lockPackage(folder, id) };
}

/** The number of a process that has ended. */
async function endedPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'close');
  return child.pid ?? 0;
}

test('a package is locked for one at a time, another package is not', async () => {
  const { folder, lock } = await setUp();
  const unlock = await lock();
  await expect(lock()).rejects.toThrow(`Another process (${process.pid} on ${hostname()}) is making the package tiny`);
  await (await lock('other'))();
  await unlock();
  await (await lock())();
  expect(await readdir(join(folder, 'tiny'))).toEqual([]);
});

test('a lock of a process that runs holds', async () => {
  const { path, leave, lock } = await setUp();
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
  onTestFinished(() => void child.kill());
  await once(child, 'spawn');
  await leave(`${child.pid} ${hostname()}\n`);
  await expect(lock()).rejects.toThrow(`if there is none, remove ${path}`);
  child.stdin.end();
  await once(child, 'close');
  await (await lock())();
});

test('a lock of a process that is gone is taken over, also one with our own number from before', async () => {
  const { path, leave, lock } = await setUp();
  for (const pid of [await endedPid(), process.pid]) {
    await leave(`${pid} ${hostname()}\n`);
    const unlock = await lock();
    expect(await readFile(path, 'utf8')).toBe(`${process.pid} ${hostname()}\n`);
    await unlock();
  }
});

test.each(['1 another-machine\n', '', '12', 'x y\n'])(
  'of the lock %j nobody can say that its process is gone: it holds',
  async (holder) => {
    const { path, leave, lock } = await setUp();
    await leave(holder);
    await expect(lock()).rejects.toThrow('is making the package tiny');
    expect(await readFile(path, 'utf8')).toBe(holder);
  },
);

test('of many that find a stale lock, one gets it', async () => {
  const { leave, lock } = await setUp();
  await leave(`${await endedPid()} ${hostname()}\n`);
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => lock()));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

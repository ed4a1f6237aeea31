import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { scratchFolder } from '../../tools/test/scratch-folder.ts';
import { cpuTimeMissing, cpuTimeOfTree } from './cpu-time.ts';

// Processes take long to start where the machine has other work.
vi.setConfig({ testTimeout: 60_000 });

/** A /proc of our own: `threads` are nanoseconds on a CPU. */
async function fakeProcess(proc: string, pid: number, parent: number, threads: readonly number[], name = 'node') {
  for (const [index, nanoseconds] of threads.entries()) {
    const task = join(proc, String(pid), 'task', String(pid + index));
    await mkdir(task, { recursive: true });
    await writeFile(join(task, 'schedstat'), `${nanoseconds} 999999 7\n`);
  }
  await writeFile(join(proc, String(pid), 'stat'), `${pid} (${name}) S ${parent} 1 1 0 -1\n`);
}

test('sums the threads of a process and of all its descendants, and nobody else’s', async () => {
  await using folder = await scratchFolder();
  const proc = folder.path;
  await fakeProcess(proc, 100, 1, [5_000, 2_000]);
  await fakeProcess(proc, 200, 100, [10_000]);
  await fakeProcess(proc, 300, 200, [100_000]);
  await fakeProcess(proc, 400, 1, [1_000_000]);
  expect(await cpuTimeOfTree(100, { proc })).toBe(117);
  expect(await cpuTimeOfTree(200, { proc })).toBe(110);
});

test('a program whose name looks like the end of the name field misleads nobody', async () => {
  await using folder = await scratchFolder();
  await fakeProcess(folder.path, 100, 1, [1_000]);
  await fakeProcess(folder.path, 200, 100, [2_000], 'odd) S 7 (name');
  expect(await cpuTimeOfTree(100, { proc: folder.path })).toBe(3);
});

test('a process that does not exist is an error, not zero', async () => {
  await using folder = await scratchFolder();
  await expect(cpuTimeOfTree(100, { proc: folder.path })).rejects.toMatchObject({ code: 'ENOENT' });
});

test('says why there is no CPU time where the system does not tell', async () => {
  await using folder = await scratchFolder();
  expect(await cpuTimeMissing(folder.path)).toMatch(/only Linux/);
});

describe.runIf(process.platform === 'linux')('on this Linux', () => {
  const started: ChildProcess[] = [];
  afterEach(() => {
    // Each leads a process group, so that what it started goes with it.
    for (const { pid } of started.splice(0)) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  });

  /** A child that burns that much CPU, says how much it has used by its own account, and then waits. */
  async function burner(milliseconds: number, wrap: (code: string) => string = (code) => code) {
    const burn = `while (process.cpuUsage().user + process.cpuUsage().system < ${milliseconds * 1000});
      const { user, system } = process.cpuUsage(); console.log(user + system); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['-e', wrap(burn)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    started.push(child);
    const [line] = await new Promise<string[]>((resolve) =>
      child.stdout.once('data', (data) => resolve(`${data}`.split('\n'))),
    );
    return { pid: child.pid ?? 0, microseconds: Number(line) };
  }

  test('agrees with what the process itself says', async () => {
    const { pid, microseconds } = await burner(300);
    const seen = await cpuTimeOfTree(pid);
    expect(seen).toBeGreaterThan(microseconds * 0.95);
    expect(seen).toBeLessThan(microseconds * 1.2);
  });

  test('counts what a grandchild burns', async () => {
    const spawnIt = (code: string) =>
      `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(code)}], { stdio: 'inherit' })`;
    const { pid } = await burner(200, spawnIt);
    expect(await cpuTimeOfTree(pid)).toBeGreaterThan(200_000);
  });

  test('can be had', async () => {
    expect(await cpuTimeMissing()).toBeNull();
  });
});

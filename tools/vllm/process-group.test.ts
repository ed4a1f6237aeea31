import { readFile } from 'node:fs/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { describeEnd, type ProcessGroup, type ProcessGroupOptions, startProcessGroup } from './process-group.ts';

const started: ProcessGroup[] = [];

afterEach(async () => {
  for (const group of started.splice(0)) await group.stop({ graceMs: 0 });
});

/** Starts JavaScript as a process group, and collects its lines. */
async function startScript(script: string, options: ProcessGroupOptions = {}) {
  const lines: string[] = [];
  const waiting: { line: string; resolve: () => void }[] = [];
  const group = await startProcessGroup(process.execPath, ['-e', script], {
    ...options,
    onLine(line) {
      lines.push(line);
      for (const { resolve } of waiting.filter((entry) => entry.line === line)) resolve();
    },
  });
  started.push(group);
  const seen = (line: string) =>
    new Promise<void>((resolve) => (lines.includes(line) ? resolve() : waiting.push({ line, resolve })));
  return { group, lines, seen };
}

/** Starts a child that ignores SIGTERM and prints its process id, in the way that `stdio` says. */
const startStubbornChild = (stdio: string) => `
  const { spawn } = require('node:child_process');
  const child = spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)'], { stdio: ${stdio} });
  child.once('spawn', () => console.log('child', child.pid));
`;

function childPid(lines: readonly string[]): number {
  const line = lines.find((candidate) => candidate.startsWith('child '));
  return Number(line?.split(' ')[1]);
}

/** The kernel takes a moment to end what was killed, and init one more to collect it: either is gone enough. */
async function expectGone(pid: number): Promise<void> {
  expect(pid).toBeGreaterThan(0);
  await vi.waitFor(async () => {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => 'none) X');
    expect(stat.split(') ')[1]?.[0]).toMatch(/[XZ]/);
  });
}

test('tells the exit code', async () => {
  const { group } = await startScript('process.exitCode = 3');
  expect(await group.ended).toEqual({ exitCode: 3 });
});

test('tells the signal that ended it', async () => {
  const { group } = await startScript('process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000)');
  expect(await group.ended).toEqual({ killedBy: 'SIGTERM' });
});

test('keeps the last lines of both output streams only', async () => {
  const { group, lines } = await startScript('for (let i = 0; i < 50; i++) console[i % 2 ? "log" : "error"](i)', {
    keepLines: 4,
  });
  await group.ended;
  expect(lines).toHaveLength(50);
  expect(group.lastLines()).toEqual(lines.slice(-4));
});

test('keeps a last line without a line break', async () => {
  const { group } = await startScript('process.stderr.write("cut sho")');
  await group.ended;
  expect(group.lastLines()).toEqual(['cut sho']);
});

test('a program that does not exist is an error that names it', async () => {
  await expect(startProcessGroup('/no/such/program', [])).rejects.toThrow('/no/such/program');
});

test('passes the environment on', async () => {
  const { group } = await startScript('console.log(process.env.GREETING)', { env: { GREETING: 'hola' } });
  await group.ended;
  expect(group.lastLines()).toEqual(['hola']);
});

test('leads a process group of its own, which a ^C in our terminal does not reach', async () => {
  const { group, seen } = await startScript('setInterval(() => {}, 1000); console.log("up")');
  await seen('up');
  // Throws unless there is a group of that number.
  process.kill(-group.pid, 0);
});

test('stop lets a program end by itself', async () => {
  const { group, seen } = await startScript(
    'process.on("SIGTERM", () => { console.log("bye"); process.exit(0) }); setInterval(() => {}, 1000); console.log("up")',
  );
  await seen('up');
  expect(await group.stop()).toEqual({ exitCode: 0 });
  expect(group.lastLines()).toEqual(['up', 'bye']);
});

test('stop kills a program that does not end in time, with all that it started', async () => {
  const { group, lines, seen } = await startScript(
    `process.on("SIGTERM", () => console.log("no")); setInterval(() => {}, 1000); ${startStubbornChild("'ignore'")}
     child.once('spawn', () => console.log('up'));`,
  );
  await seen('up');
  expect(await group.stop({ graceMs: 100 })).toEqual({ killedBy: 'SIGKILL' });
  expect(group.lastLines()).toContain('no');
  await expectGone(group.pid);
  await expectGone(childPid(lines));
});

test.each(["'inherit'", "'ignore'"])(
  'what a program leaves behind is killed after it, whether it holds the output or not (stdio: %s)',
  async (stdio) => {
    const { group, lines } = await startScript(`${startStubbornChild(stdio)} child.unref();`, { lingerMs: 100 });
    expect(await group.ended).toEqual({ exitCode: 0 });
    await expectGone(childPid(lines));
  },
);

test('what a program leaves behind may finish its work first', async () => {
  const { group } = await startScript(
    `const { spawn } = require('node:child_process');
     spawn(process.execPath, ['-e', 'setTimeout(() => console.log("swept"), 100)'], { stdio: 'inherit' }).unref();`,
    { lingerMs: 20_000 },
  );
  await group.ended;
  expect(group.lastLines()).toEqual(['swept']);
});

test('stop on a program that is gone already tells how it ended', async () => {
  const { group } = await startScript('process.exitCode = 4');
  await group.ended;
  expect(await group.stop()).toEqual({ exitCode: 4 });
});

test('two stops at once both resolve', async () => {
  const { group, seen } = await startScript('setInterval(() => {}, 1000); console.log("up")');
  await seen('up');
  expect(await Promise.all([group.stop(), group.stop()])).toEqual([{ killedBy: 'SIGTERM' }, { killedBy: 'SIGTERM' }]);
});

test('an end is described for a person', () => {
  expect(describeEnd({ exitCode: 1 })).toBe('ended with exit code 1');
  expect(describeEnd({ killedBy: 'SIGKILL' })).toBe('was ended by SIGKILL');
});

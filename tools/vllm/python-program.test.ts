import { expect, test } from 'vitest';
import { boundToUs, pythonEnvironment, runPython } from './python-program.ts';
import { scriptRunner } from './script-runner.ts';

test('resolves when the program ends well, having given its lines', async () => {
  await using runner = await scriptRunner();
  const lines: string[] = [];
  await runPython(runner.program, ['-e', 'console.log("one\\ntwo")'], { onLine: (line) => lines.push(line) });
  expect(lines).toEqual(['one', 'two']);
});

test('a failure is told with the exit code and the last lines', async () => {
  await using runner = await scriptRunner();
  await expect(
    runPython(runner.program, ['-e', 'console.error("No matching distribution"); process.exitCode = 1']),
  ).rejects.toThrow(/^python -e .* ended with exit code 1:\nNo matching distribution$/s);
});

test('an abort ends the program and is thrown as it is', async () => {
  await using runner = await scriptRunner();
  const controller = new AbortController();
  const reason = new DOMException('stopped', 'AbortError');
  let pid = 0;
  const running = runPython(runner.program, ['-e', 'console.log(process.pid); setInterval(() => {}, 1000)'], {
    signal: controller.signal,
    onLine(line) {
      pid = Number(line);
      controller.abort(reason);
    },
  });
  await expect(running).rejects.toBe(reason);
  expect(pid).toBeGreaterThan(0);
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

test('a signal that is aborted already starts nothing', async () => {
  const signal = AbortSignal.abort();
  await expect(runPython('/no/such/python', [], { signal })).rejects.toBe(signal.reason);
});

test('adds to the environment', async () => {
  await using runner = await scriptRunner();
  const lines: string[] = [];
  const options = { env: { TMPDIR: '/elsewhere' }, onLine: (line: string) => lines.push(line) };
  await runPython(runner.program, ['-e', 'console.log(process.env.TMPDIR)'], options);
  expect(lines).toEqual(['/elsewhere']);
});

test('the environment keeps Python to the packages of its own folder', () => {
  expect(pythonEnvironment({ HOME: '/home/ana', PYTHONPATH: '/a', PYTHONHOME: '/b' })).toEqual({
    HOME: '/home/ana',
    PYTHONNOUSERSITE: '1',
    PYTHONUNBUFFERED: '1',
  });
});

test('a program is bound to this process', () => {
  const [script, parent, ...program] = boundToUs(['/bin/vllm', 'serve']);
  expect(script).toMatch(/die_with_parent\.py$/);
  expect([parent, ...program]).toEqual([String(process.pid), '/bin/vllm', 'serve']);
});

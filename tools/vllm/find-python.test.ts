import { expect, test } from 'vitest';
import { findPython, type RunProgram } from './find-python.ts';

/** A machine where these programs answer with their minor version, or fail. */
function machineWith(programs: Record<string, number | 'no venv'>): RunProgram {
  return async (program) => {
    const answer = programs[program];
    if (answer === undefined) throw Object.assign(new Error('spawn ENOENT'), { code: 'ENOENT' });
    if (answer === 'no venv') throw Object.assign(new Error("No module named 'ensurepip'"), { code: 1 });
    return { stdout: `${answer}\n/usr/bin/${program}\n` };
  };
}

test('takes python3 when it is new enough', async () => {
  expect(await findPython({ runProgram: machineWith({ python3: 12 }) })).toBe('/usr/bin/python3');
});

test.each([10, 15])('looks further when python3 is Python 3.%i', async (minor) => {
  const runProgram = machineWith({ python3: minor, 'python3.13': 13 });
  expect(await findPython({ runProgram })).toBe('/usr/bin/python3.13');
});

test('passes over a Python without its venv module', async () => {
  const runProgram = machineWith({ python3: 'no venv', 'python3.11': 'no venv', 'python3.12': 12 });
  expect(await findPython({ runProgram })).toBe('/usr/bin/python3.12');
});

test('without any Python, says what is needed and how to get it', async () => {
  await expect(findPython({ runProgram: machineWith({}) })).rejects.toThrow(
    'vLLM needs Python 3.11 to 3.14 with its venv module, and none was found. ' +
      'On Debian and Ubuntu: apt-get install python3 python3-venv. Then run the command again.',
  );
});

test('says what it found instead', async () => {
  const runProgram = machineWith({ python3: 9, 'python3.11': 'no venv' });
  await expect(findPython({ runProgram })).rejects.toThrow(
    'none was found (python3 is Python 3.9; python3.11 cannot make virtual environments).',
  );
});

test('an abort is not taken for a missing Python', async () => {
  const controller = new AbortController();
  const reason = new DOMException('stopped', 'AbortError');
  const runProgram: RunProgram = async () => {
    controller.abort(reason);
    throw new Error('The operation was aborted');
  };
  await expect(findPython({ runProgram, signal: controller.signal })).rejects.toBe(reason);
});

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The Python versions that vLLM 0.32 and all its pinned packages have wheels for. */
const minorVersions = [11, 12, 13, 14];

const candidates = ['python3', ...minorVersions.map((minor) => `python3.${minor}`)];

/** Prints the program's own path and minor version, and fails where a virtual environment could not be made. */
const probe = 'import ensurepip, sys, venv; print(sys.version_info.minor); print(sys.executable)';

/** Runs a program with arguments and gives its standard output; rejects when that fails. */
export type RunProgram = (
  program: string,
  args: readonly string[],
  options: { signal?: AbortSignal; timeout: number },
) => Promise<{ stdout: string }>;

/**
 * The path of a Python that vLLM can be installed with.
 * @throws Error that says what was found and what to install.
 */
export async function findPython({
  signal,
  purpose = 'vLLM',
  runProgram = run,
}: {
  signal?: AbortSignal;
  /** What needs it, for the error. */
  purpose?: string;
  runProgram?: RunProgram;
} = {}): Promise<string> {
  const found: string[] = [];
  for (const candidate of candidates) {
    try {
      const { stdout } = await runProgram(candidate, ['-c', probe], { timeout: 20_000, ...(signal && { signal }) });
      const [minor, path] = stdout.trim().split('\n');
      if (path && minorVersions.includes(Number(minor))) return path;
      found.push(`${candidate} is Python 3.${minor}`);
    } catch (error) {
      signal?.throwIfAborted();
      if (!isMissing(error)) found.push(`${candidate} cannot make virtual environments`);
    }
  }
  throw new Error(
    `${purpose} needs Python 3.${minorVersions.at(0)} to 3.${minorVersions.at(-1)} with its venv module, and none was found` +
      `${found.length > 0 ? ` (${found.join('; ')})` : ''}. On Debian and Ubuntu: apt-get install python3 python3-venv. ` +
      'Then run the command again.',
  );
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

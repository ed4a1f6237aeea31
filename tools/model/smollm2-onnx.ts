import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../cache/cache-folder.ts';
import { bringPython } from '../python/bring-python.ts';
import { isVllmCached } from '../vllm/install.ts';
import { ensureModelFolder } from '../vllm/model-folder.ts';
import { runPython } from '../vllm/python-program.ts';
import { sitePackages } from '../vllm/site-packages.ts';
import { vllmPlaces } from '../vllm/vllm-places.ts';
import { finishedFolder } from '../webllm-model/finished-folder.ts';
import { ensureStarterModel, type StarterModel } from './starter-model.ts';

const script = fileURLToPath(new URL('./export_onnx.py', import.meta.url));
const requirements = fileURLToPath(new URL('./onnx-export-requirements.txt', import.meta.url));
const vllmRequirements = fileURLToPath(new URL('../vllm/requirements.txt', import.meta.url));

/** What the export takes of vLLM's packages; pip adds what they need themselves. */
const fromVllm = ['torch', 'transformers', 'gguf', 'safetensors', 'tokenizers', 'numpy'];

/** A package index that does not answer must not keep anybody waiting for ever. */
const installTimeoutMs = 1_800_000;

export interface EnsureSmolLm2OnnxOptions {
  readonly signal?: AbortSignal;
  /** Told in a sentence what happens, when anything does. */
  readonly log?: (message: string) => void;
  readonly cache?: string;
  /** The starter model's file; by default it is fetched where it is missing. */
  readonly gguf?: Pick<StarterModel, 'path' | 'sha256'>;
  /** Brings a Python that has what the export imports. */
  readonly bringPython?: (options: ExportPythonOptions) => Promise<string>;
  /** Fills an empty folder from the GGUF. */
  readonly build?: (ggufPath: string, folder: string, options: BuildOptions) => Promise<void>;
}

export interface ExportPythonOptions {
  readonly cache: string;
  readonly signal?: AbortSignal;
  readonly log?: (message: string) => void;
}

export interface BuildOptions extends ExportPythonOptions {
  readonly python: string;
}

/** The folder of the model, with the paths of its files in it. */
export interface OnnxModelFolder {
  readonly folder: string;
  readonly paths: readonly string[];
  readonly license: 'Apache-2.0';
}

const paths = [
  'model.onnx',
  'model.onnx_data',
  'config.json',
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
];

/**
 * The starter model as ONNX with 4-bit weights (200 MB), made once from the very weights of its GGUF and kept in the cache under a name
 * that covers the GGUF and what it is made by. The first time takes half a minute where vLLM is in the cache, whose PyTorch serves, and
 * else several minutes and gigabytes. `orilla pack` takes the folder; Transformers.js does with `subfolder: ''` and `dtype: 'fp32'`,
 * which is its word for the file without a suffix.
 * @throws Error that says what this machine lacks; the signal's reason when aborted
 */
export async function ensureSmolLm2Onnx(options: EnsureSmolLm2OnnxOptions = {}): Promise<OnnxModelFolder> {
  const { signal, log, cache = cacheFolder(['smollm2-onnx']) } = options;
  const { bringPython: bring = exportPython, build = buildFolder } = options;
  const shared = { cache, ...(signal && { signal }), ...(log && { log }) };
  const gguf = options.gguf ?? (await ensureStarterModel(shared));
  const recipe = await digestOf([script, requirements]);
  const folder = await finishedFolder(join(cache, `${gguf.sha256.slice(0, 16)}-${recipe}`), async (working) => {
    const python = await bring(shared);
    log?.('Exporting the starter model as ONNX, once (200 MB, about 20 s).');
    await build(gguf.path, working, { ...shared, python });
  });
  return { folder, paths, license: 'Apache-2.0' };
}

async function buildFolder(ggufPath: string, folder: string, { python, ...options }: BuildOptions): Promise<void> {
  const source = await ensureModelFolder(ggufPath, vllmPlaces().models, python, options);
  await runPython(python, [script, source, folder], {
    env: { HF_HUB_OFFLINE: '1' },
    ...(options.signal && { signal: options.signal }),
  });
}

async function exportPython({ cache, signal, log }: ExportPythonOptions): Promise<string> {
  const places = vllmPlaces();
  const hasVllm = isVllmCached();
  const digest = await digestOf([requirements, vllmRequirements]);
  const folder = await finishedFolder(join(cache, `python-${digest}${hasVllm ? '-vllm' : ''}`), async (working) => {
    const timeout = AbortSignal.timeout(installTimeoutMs);
    const bounded = { signal: signal ? AbortSignal.any([signal, timeout]) : timeout };
    // The same Python as vLLM's where its packages are used: they are built for it.
    const base = hasVllm ? places.python : await bringPython({ purpose: 'The export to ONNX', signal, log });
    await runPython(base, ['-m', 'venv', working], bounded);
    const install = (...packages: readonly string[]) => {
      const flags = ['--only-binary', ':all:', '--no-input', '--disable-pip-version-check', '--quiet'];
      return runPython(pythonIn(working), ['-m', 'pip', 'install', ...flags, ...packages], bounded);
    };
    if (hasVllm) await writeFile(join(await sitePackages(working), 'vllm.pth'), `${await sitePackages(places.venv)}\n`);
    else {
      log?.('Installing PyTorch for Python (3 GB to download).');
      const pins = (await readFile(vllmRequirements, 'utf8')).split('\n');
      await install(
        ...pins.filter((pin) => fromVllm.some((name) => pin.startsWith(`${name}==`))).map((pin) => pin.trim()),
      );
    }
    await install('--no-deps', '--requirement', requirements);
  });
  return pythonIn(folder);
}

/** Started by path, so that the environment can be moved. */
const pythonIn = (folder: string) => join(folder, 'bin', 'python');

async function digestOf(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) hash.update(await readFile(file)).update('\0');
  return hash.digest('hex').slice(0, 16);
}

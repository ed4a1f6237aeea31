import type { Chromium } from '../chromium/find-chromium.ts';
import { ensurePodman } from '../container/ensure-podman.ts';
import { ensureEmbeddingGguf } from '../model/embedding-model-gguf.ts';
import { ensurePythonOpenai } from '../python/openai-client.ts';
import { ensureVersitygw } from '../versitygw/ensure-versitygw.ts';
import { ensureWebllmModel } from '../webllm-model/ensure-webllm-model.ts';
import type { Part } from './parts.ts';
import { chooseWebgpuAdapter } from './webgpu-adapter.ts';

/** What a part's tests get to know by the environment, and what of them is left out and why; or why none can run here. */
export type PartNeeds =
  | { readonly env: Readonly<Record<string, string>>; readonly leftOut?: string }
  | { readonly notRun: string };

export interface BringOptions {
  signal?: AbortSignal;
  log: (message: string) => void;
}

/** Parts whose tests run models in a browser. */
const withWebllm: ReadonlySet<string> = new Set(['e2e', 'conformance', 'faults', 'webgpu']);

/** Brings what one part needs beyond a Chromium and the starter model. */
export async function bringPartNeeds(part: Part, chromium: Chromium, options: BringOptions): Promise<PartNeeds> {
  const needs = await bringOwnNeeds(part, chromium, options);
  if ('notRun' in needs || !withWebllm.has(part)) return needs;
  const model = await ensureWebllmModel(options);
  if ('path' in model) return { ...needs, env: { ...needs.env, ORILLA_WEBLLM_MODEL: model.path } };
  // The runner's configuration leaves out `webllm*.spec.ts` then.
  const env = { ...needs.env, ORILLA_WITHOUT_WEBLLM: '1' };
  return { env, leftOut: `WebLLM tests of ${part} not run: ${model.notRun}` };
}

async function bringOwnNeeds(part: Part, chromium: Chromium, options: BringOptions): Promise<PartNeeds> {
  if (part === 'webgpu') {
    const adapter = await chooseWebgpuAdapter(chromium, options);
    return typeof adapter === 'string' ? { env: { ORILLA_WEBGPU_ADAPTER: adapter } } : adapter;
  }
  if (part === 'e2e') await ensureEmbeddingGguf(options);
  // Here and not in the test that asks for it, so that a download is not in the time of a test.
  if (part === 'integration') {
    await ensurePythonOpenai(options);
    const s3 = await ensureVersitygw(options);
    // The runner's configuration leaves out `*.s3.test.ts` then.
    if ('notRun' in s3) return { env: { ORILLA_WITHOUT_S3: '1' }, leftOut: `S3 tests not run: ${s3.notRun}` };
  }
  if (part === 'container') {
    const podman = await ensurePodman(options);
    if ('notRun' in podman) return podman;
    options.log(podman.version);
  }
  return { env: {} };
}

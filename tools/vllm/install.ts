import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withInstallLock } from './install-lock.ts';
import { countFinished, type InstallStep, runSteps } from './install-step.ts';
import { installSteps } from './install-steps.ts';
import { requireDisk, requirePlatform } from './machine-requirements.ts';
import { ensureModelFolder } from './model-folder.ts';
import { downloadMegabytes } from './pip-step.ts';
import { type VllmPlaces, vllmPlaces, vllmVersion } from './vllm-places.ts';

export interface EnsureVllmOptions {
  /** The model to serve, of the llama family. */
  ggufPath: string;
  signal?: AbortSignal;
  /** Told in a sentence what happens, when anything does. */
  log?: (message: string) => void;
}

/** A vLLM that can be started, and the folder of the model it can serve. Absolute paths. */
export interface InstalledVllm {
  python: string;
  vllmBin: string;
  modelDir: string;
}

/** Whether vLLM is in the cache, whole and of the pinned versions. Starts nothing and takes about a millisecond. */
export function isVllmCached({ places = vllmPlaces() }: { places?: VllmPlaces } = {}): boolean {
  const steps = installSteps(places);
  return finishedSteps(steps, places) === steps.length;
}

/**
 * Brings vLLM for the CPU into the cache, and the model into the form that vLLM reads. What is there already is kept:
 * an aborted or failed call leaves every finished step, and the next one goes on there.
 * @throws Error that says what this machine lacks and what to do; the signal's reason when aborted.
 */
export async function ensureVllm({
  ggufPath,
  signal,
  log = () => undefined,
}: EnsureVllmOptions): Promise<InstalledVllm> {
  const context = { log, ...(signal && { signal }) };
  const places = vllmPlaces();
  if (!isVllmCached()) {
    await withInstallLock(join(places.root, 'installing.pid'), async () => {
      const steps = installSteps(places);
      const finished = finishedSteps(steps, places);
      requirePlatform(process);
      const needBytes = steps.slice(finished).reduce((sum, step) => sum + step.diskBytes, 0);
      await requireDisk(places.root, needBytes);
      log(
        finished === 0
          ? `Installing vLLM ${vllmVersion} for the CPU in ${places.root}: ${(downloadMegabytes / 1000).toFixed(1)} GB ` +
              'to download, 6 GB installed, 2 to 10 minutes. It can be stopped at any time and goes on later.'
          : `Going on with installing vLLM ${vllmVersion} in ${places.root}: ${finished} of ${steps.length} steps are done.`,
      );
      // Markers can be there all the same, see finishedSteps.
      if (finished === 0) await rm(places.steps, { recursive: true, force: true });
      await runSteps(steps, places.steps, context);
    });
  }
  const modelDir = await ensureModelFolder(ggufPath, places.models, places.python, context);
  return { python: places.python, vllmBin: places.vllmBin, modelDir };
}

function finishedSteps(steps: readonly InstallStep[], places: VllmPlaces): number {
  // The environment itself can be gone: deleted by hand, or its link to a system's Python that was upgraded away, which
  // existsSync follows. Then no marker holds.
  if (!existsSync(places.python)) return 0;
  const finished = countFinished(steps, places.steps);
  return finished === steps.length && !existsSync(places.vllmBin) ? 0 : finished;
}

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface StepContext {
  signal?: AbortSignal;
  /** Told in a sentence what happens. */
  log: (message: string) => void;
}

/** One part of an installation that is either finished or done again from its beginning. */
export interface InstallStep {
  /** Names the marker file. */
  name: string;
  /** What a person is told when it begins. */
  says: string;
  /** Free disk space that it takes, downloads included. */
  diskBytes: number;
  /** Everything its outcome depends on: when this text changes, the step and all after it run again. */
  input: string;
  /** Must bear being run again after it was cut off anywhere. */
  run: (context: StepContext) => Promise<void>;
}

/** How many of the first steps are finished in `folder`. A step counts only when every one before it does. */
export function countFinished(steps: readonly InstallStep[], folder: string): number {
  const firstMissing = steps.findIndex(
    (step, index) => readMarker(markerPath(folder, step)) !== fingerprint(steps, index),
  );
  return firstMissing === -1 ? steps.length : firstMissing;
}

/**
 * Runs the steps that are not finished yet. A step's marker is written after it, and the markers from the first
 * unfinished step on are deleted before anything runs: a cut at any moment leaves a prefix of finished steps.
 * @throws whatever a step throws; the signal's reason when aborted.
 */
export async function runSteps(
  steps: readonly InstallStep[],
  folder: string,
  { signal, log }: StepContext,
): Promise<void> {
  const finished = countFinished(steps, folder);
  await mkdir(folder, { recursive: true });
  for (const step of steps.slice(finished)) await rm(markerPath(folder, step), { force: true });
  for (const [index, step] of steps.entries()) {
    if (index < finished) continue;
    signal?.throwIfAborted();
    log(`[${index + 1}/${steps.length}] ${step.says}`);
    await step.run({ log, ...(signal && { signal }) });
    // A marker cut short by a full disk does not hold the fingerprint, so it needs no rename to be safe.
    await writeFile(markerPath(folder, step), fingerprint(steps, index));
  }
}

function markerPath(folder: string, step: InstallStep): string {
  return join(folder, `${step.name}.done`);
}

function readMarker(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Missing and unreadable mean the same here: the step has to run.
    return undefined;
  }
}

/** Covers the inputs of all the steps up to this one, so that a change anywhere makes all that follow run again. */
function fingerprint(steps: readonly InstallStep[], index: number): string {
  const inputs = steps.slice(0, index + 1).map((step) => [step.name, step.input]);
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex');
}

import type { BenchOptions } from '../command/bench-options.ts';
import { residentMemoryMissing } from '../process/resident-memory.ts';
import type { BenchResult } from '../report/report.ts';
import { backendRows } from './backends/backend-rows.ts';
import { measureBackends } from './backends/measure-backends.ts';
import { findSides } from './find-sides.ts';
import { measureMemory } from './measure-memory.ts';
import { measurePaced, pacedBytesPerSecond } from './measure-paced.ts';
import { measureRefetch } from './measure-refetch.ts';
import { measureTimes } from './measure-times.ts';
import { measureInTurn } from './side-samples.ts';
import { weightsRows } from './weights-rows.ts';
import { setWeightsScene } from './weights-scene.ts';

/** Each needs browsers of its own, and what they count differs little from run to run. */
const maxCountedRuns = 3;
/** Each takes as long as its line, whatever the machine does. */
const maxPacedRuns = 5;
/** Each begins with a browser of its own, and reads a store from the disk that is this many times as large as the package. */
const maxBackendPairs = 3;
const backendScale = 4;

/**
 * What downloading, storing and opening weights costs, beside what the peers do with the same bytes.
 * @throws Error where this system does not tell the memory of a process; AbortError
 */
export async function weightsBench({ pairs, packageBytes: bytes, signal, log }: BenchOptions): Promise<BenchResult> {
  const noMemory = await residentMemoryMissing();
  if (noMemory !== null) throw new Error(`weights.memory can't be measured here: ${noMemory}.`);
  await using scene = await setWeightsScene({ bytes, signal, log });
  const { running: sides, missing } = await findSides(scene);
  log?.(`${pairs} × download and open of ${Math.round(bytes / 1e6)} MB: ${sides.join(', ')}, in turn.`);
  const times = await measureTimes(scene, { pairs, sides });
  const counted = { runs: Math.min(pairs, maxCountedRuns), sides };
  log?.(`${counted.runs} × what is fetched again after a cut in the middle.`);
  const refetch = await measureInTurn((side) => measureRefetch(scene, side), counted);
  log?.(`${counted.runs} × memory.`);
  const memory = await measureInTurn((side) => measureMemory(scene, side), counted);
  const pacedRuns = Math.min(pairs, maxPacedRuns);
  log?.(`${pacedRuns} × download through a line of ${pacedBytesPerSecond / 1e6} MB/s.`);
  const pacedSides = sides.filter((side) => side === 'ours' || side === 'cacheApi');
  const paced = await measurePaced(scene, { runs: pacedRuns, sides: pacedSides });
  log?.('The two places to keep weights in, cold and warm.');
  const backends = await measureBackends({
    bytes: backendScale * bytes,
    pairs: Math.min(pairs, maxBackendPairs),
    signal,
    log,
  });
  const { chunkBytes } = scene.weights;
  return {
    runs: pairs,
    rows: [...weightsRows({ bytes, chunkBytes, times, refetch, memory, paced, missing }), ...backendRows(backends)],
    chromium: scene.chromium.version,
  };
}

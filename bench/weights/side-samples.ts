import type { SideName } from '../weights-page/weights.ts';

/** By side, one figure a run. */
export type SideSamples = Readonly<Partial<Record<SideName, readonly number[]>>>;

export interface InTurn {
  readonly runs: number;
  /** In the order of measuring. */
  readonly sides: readonly SideName[];
}

/** Measures one side after the other, and all of them again, so that what slows the machine down for a while slows all of them. */
export async function measureInTurn(
  measure: (side: SideName) => Promise<number>,
  { runs, sides }: InTurn,
): Promise<SideSamples> {
  const samples = sampleRecorder();
  for (let run = 0; run < runs; run++) for (const side of sides) samples.note(side, await measure(side));
  return samples.all;
}

export interface SampleRecorder {
  readonly all: SideSamples;
  note(side: SideName, figure: number): void;
}

export function sampleRecorder(): SampleRecorder {
  const all: Partial<Record<SideName, number[]>> = {};
  return {
    all,
    note(side, figure) {
      all[side] = [...(all[side] ?? []), figure];
    },
  };
}

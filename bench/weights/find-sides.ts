import { ownNames, peerNames, type SideName } from '../weights-page/weights.ts';
import type { WeightsScene } from './weights-scene.ts';

export interface FoundSides {
  /** In the order of measuring, ours first. */
  readonly running: readonly SideName[];
  /** Why the others are not among them. */
  readonly missing: Readonly<Partial<Record<SideName, string>>>;
}

/** Which sides do here what is to be measured. Ours has to: where it does not, there is nothing to report. */
export async function findSides(scene: WeightsScene): Promise<FoundSides> {
  await using profile = await scene.openProfile();
  const running: SideName[] = [];
  const missing: Partial<Record<SideName, string>> = {};
  for (const side of [...ownNames, ...peerNames])
    try {
      await using page = await scene.openPage(profile, [side]);
      await page.download(side);
      await page.open(side);
      await page.empty(side);
      running.push(side);
    } catch (error) {
      if (side === 'ours') throw error;
      missing[side] = firstLine(error);
    }
  return { running, missing };
}

function firstLine(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line;
}

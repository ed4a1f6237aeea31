import { type PeerName, peerNames } from '../weights-page/weights.ts';
import type { WeightsScene } from './weights-scene.ts';

export interface FoundPeers {
  readonly running: readonly PeerName[];
  /** Why the others are not among them. */
  readonly missing: Readonly<Partial<Record<PeerName, string>>>;
}

/** Which peers do here what is to be measured. Ours has to: where it does not, there is nothing to report. */
export async function findPeers(scene: WeightsScene): Promise<FoundPeers> {
  await using profile = await scene.openProfile();
  const attempt = async (side: PeerName | 'ours') => {
    await using page = await scene.openPage(profile, [side]);
    await page.download(side);
    await page.open(side);
    await page.empty(side);
  };
  await attempt('ours');
  const running: PeerName[] = [];
  const missing: Partial<Record<PeerName, string>> = {};
  for (const peer of peerNames)
    await attempt(peer).then(
      () => running.push(peer),
      (error: unknown) => {
        missing[peer] = firstLine(error);
      },
    );
  return { running, missing };
}

function firstLine(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line;
}

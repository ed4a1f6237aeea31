import type { BenchOptions } from '../command/bench-options.ts';
import type { Row } from '../report/row.ts';
import { seededRandom } from '../statistics/seeded-random.ts';
import { type BehaviourScene, setBehaviourScene } from './behaviour-scene.ts';
import { countsFor } from './counts.ts';
import { type MeasureOptions, measureOurs } from './measure-ours.ts';
import { measurePeer, type PeerFigures } from './measure-peer.ts';
import { subjectRows } from './subject-rows.ts';
import type { Subject } from './subjects.ts';

const peerTitles = {
  wllama: '@wllama/wllama',
  webLlm: '@mlc-ai/web-llm',
  transformers: 'Transformers.js 4',
} as const;

export interface BehaviourOptions extends BenchOptions {
  /** Told what could not be measured; the rest is. */
  readonly onFailure: (what: string, error: unknown) => void;
}

/** What Orilla takes of one subject on a quiet machine, and then some; a peer is asked for less. */
const limitMs = { ours: 80_000, peer: 40_000 };

/**
 * How engines behave beside being fast: in a conversation, when what they compute with is lost, when they are aborted, in memory. One browser
 * at a time: Orilla's, then the peer's. A subject of which something else ran than what is to be measured has failed, and has no rows.
 * @throws AbortError
 */
export async function behaviourRows({
  pairs,
  only,
  signal,
  log,
  onFailure,
}: BehaviourOptions): Promise<readonly Row[]> {
  await using scene = await setBehaviourScene({ signal, log });
  const counts = countsFor({ pairs });
  const rows: Row[] = [];
  for (const subject of scene.subjects.filter((one) => isAskedFor(one, only))) {
    log?.(
      `${subject.engine} on ${subject.backend}: ${counts.conversations} conversations, ${counts.losses} losses, ` +
        `${counts.decodeAborts} and ${counts.prefillAborts} aborts; ${peerTitles[subject.peer]} beside.`,
    );
    try {
      rows.push(...(await measureSubject(scene, subject, { counts, random: seededRandom(1) })));
    } catch (error) {
      signal?.throwIfAborted();
      onFailure(`how ${subject.engine} behaves on ${subject.backend}`, error);
    }
  }
  return rows;
}

/** Whether it has rows that were asked for by the beginning of their ids. */
export function isAskedFor({ engine, backend }: Pick<Subject, 'engine' | 'backend'>, only = ''): boolean {
  const beginning = `engine.${engine}.${backend}`;
  return only.startsWith(beginning) || beginning.startsWith(only);
}

async function measureSubject(
  scene: BehaviourScene,
  subject: Subject,
  options: Omit<MeasureOptions, 'limitMs'>,
): Promise<readonly Row[]> {
  const {
    figures: ours,
    threads,
    adapter,
  } = await measureOurs(scene, subject, {
    ...options,
    limitMs: limitMs.ours,
  });
  const computing = subject.backend === 'wasm' ? `wasm, ${threads === 1 ? '1 thread' : `${threads} threads`}` : adapter;
  const title = `${peerTitles[subject.peer]} (${computing})`;
  // Ours has to run: without it there is nothing to report. A peer may fail, and then says why.
  const figures = await besides(scene, subject, { ...options, threads }).catch((error: unknown) => ({
    notRun: firstLine(error),
  }));
  return subjectRows({ subject, adapter, ours, peer: { title, figures } });
}

async function besides(
  scene: BehaviourScene,
  subject: Subject,
  options: Omit<MeasureOptions, 'limitMs'> & { readonly threads: number },
): Promise<PeerFigures> {
  if (subject.scope === 'all') return measurePeer(scene, subject, { ...options, limitMs: limitMs.peer });
  throw new Error('ten turns of it, each of which computes all that was said before, would take minutes');
}

function firstLine(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line;
}

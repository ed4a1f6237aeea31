import { type Claim, type ConformanceCase, claimNames, type Subject } from './case.ts';
import { chatCases } from './cases/chat-cases.ts';
import { formCases } from './cases/form-cases.ts';
import { knownTextCases } from './cases/known-text-cases.ts';
import { firstCase, lifeCases } from './cases/life-cases.ts';
import { samplingCases } from './cases/sampling-cases.ts';
import { refusal } from './check.ts';

export const allCases: readonly ConformanceCase[] = [
  firstCase,
  ...chatCases,
  ...samplingCases,
  ...formCases,
  ...knownTextCases,
  ...lifeCases,
];

export interface CaseResult {
  readonly name: string;
  readonly claim: Claim;
  /** `refused`: it is not claimed, and was refused clearly. */
  readonly outcome: 'held' | 'broken' | 'refused';
  readonly detail: string;
  readonly ms: number;
}

export interface RunOptions {
  readonly claims: readonly Claim[];
  /** Only cases of these. */
  readonly about?: readonly Claim[];
  /** Told of each case as it ends. */
  readonly onResult?: (result: CaseResult) => void;
}

/**
 * Shows every claim, one case after the other, and that what is not claimed is refused with 400 or 501 and not ignored: what a subject can do
 * is exactly what the table says.
 */
export async function runCases(
  subject: Subject,
  { claims, about = claimNames, onResult }: RunOptions,
): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = [];
  for (const one of allCases.filter(({ claim }) => about.includes(claim))) {
    const isClaimed = claims.includes(one.claim);
    if (!isClaimed && !one.unclaimed) continue;
    const beganMs = performance.now();
    const end = (outcome: CaseResult['outcome'], detail = '') => {
      const { claim } = one;
      const name = isClaimed ? one.name : `${claim} is not claimed, and refused`;
      const result = { name, claim, outcome, detail, ms: Math.round(performance.now() - beganMs) };
      results.push(result);
      onResult?.(result);
    };
    try {
      if (isClaimed) {
        await one.run(subject);
        end('held');
      } else {
        const { status } = await refusal(one.unclaimed?.(subject) ?? Promise.resolve());
        if (status === 400 || status === 501) end('refused');
        else end('broken', `it was refused with ${status}`);
      }
    } catch (error) {
      end('broken', error instanceof Error ? error.message : String(error));
    }
  }
  return results;
}

import {
  type DeviceFacts,
  type DevicePackage,
  type EngineName,
  type MemoryBudget,
  memoryNeed,
  type RouteReason,
} from '@orilla/contract';
import { capabilityRule } from '../routing/capability-rule.ts';
import { fitRule, packageBudget } from '../routing/fit-rule.ts';
import { plainQuestion } from '../routing/plain-question.ts';

/** Whether one package can run on this device, and by which figures. Sizes in bytes. */
export interface PackageFit {
  readonly packageId: string;
  readonly engine: EngineName;
  readonly fits: boolean;
  /** Weights, KV cache and scratch at the package's context length. */
  readonly needBytes: number;
  /** What a model may take of the memory that the package's engine computes in. */
  readonly haveBytes: number;
  readonly basis: MemoryBudget['basis'];
  /** Size of the download. */
  readonly downloadBytes: number;
  /** What stands in the way other than memory, e.g. `WebGPU limit maxBufferSize`. */
  readonly missing?: string;
}

/** Whether a model can run on this device. */
export interface ModelFit {
  readonly fits: boolean;
  /** The package that a plain request would use; `null` where none fits. */
  readonly packageId: string | null;
  /** Each package for the device, in the catalog's order. */
  readonly packages: readonly PackageFit[];
  /** What this app or browser lacks where it has no device way at all. */
  readonly missing?: string;
}

/** Asks the rules of routing about each of a model's packages. Pure. */
export function packageFits(
  packages: readonly DevicePackage[],
  device: DeviceFacts,
  nowMs?: number,
): readonly PackageFit[] {
  const question = { ...plainQuestion(packages, device), ...(nowMs !== undefined && { nowMs }) };
  return packages.map((pkg) => {
    const able = capabilityRule(question, device, pkg);
    const { budgetBytes: haveBytes, basis } = packageBudget(device, pkg);
    return {
      packageId: pkg.id,
      engine: pkg.engine,
      fits: able.kind === 'pass' && fitRule(device, pkg).kind === 'pass',
      needBytes: memoryNeed(pkg),
      haveBytes,
      basis,
      downloadBytes: pkg.bytes,
      ...(able.kind === 'fail' && { missing: missingOf(able.reason, pkg) }),
    };
  });
}

function missingOf(reason: RouteReason, { engine }: DevicePackage): string {
  switch (reason.verdict) {
    case 'device-unavailable':
      return reason.missing;
    case 'set-aside':
      return `engine ${engine} (it failed here with ${reason.code}, and is left alone for a while)`;
    case 'unsupported':
      return `${reason.feature} in engine ${engine}`;
    default:
      return 'a package that answers chats';
  }
}

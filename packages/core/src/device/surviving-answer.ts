import {
  type ChatRequest,
  type DevicePackage,
  type ErrorCode,
  type GenerateCall,
  isOrillaError,
  type LoadResult,
  type OrillaError,
  type TokenEvent,
} from '@orilla/contract';
import type { Device } from './device.ts';
import { ToldAnswer } from './told-answer.ts';
import { maxLostTabs } from './worker-crashes.ts';

/** A token event, or that the package was opened for what follows: at the beginning, and where the answer was continued. */
export type AnswerEvent = TokenEvent | { readonly type: 'opened'; readonly loaded: LoadResult };

export interface SurvivingOptions {
  readonly device: Pick<Device, 'load' | 'generate' | 'facts' | 'isOwnLoss'>;
  readonly pkg: DevicePackage;
  readonly signal?: AbortSignal | undefined;
  readonly priority?: GenerateCall['priority'] | undefined;
  /** Another package to go on with, once the engine of the last one is set aside; `null` where there is none. */
  readonly otherPackage: () => Promise<DevicePackage | null>;
}

/** Errors after which the same engine, opened anew, may do what was asked. */
export const losses: ReadonlySet<ErrorCode> = new Set([
  'engine.device-lost',
  'engine.crashed',
  'engine.worker-died',
  'engine.out-of-memory',
]);

/** An answer is begun again once with an engine that failed under it. */
const failuresBeforeAside = 2;

/**
 * Opens a package and streams an answer that survives the loss of the GPU, of the engine and of the worker: what was lost is opened anew, and
 * the answer goes on behind its last token, so that no character is lost or comes twice. What an engine can't go on with (tools, a response
 * format, several choices) is begun anew, as long as nothing of it was told. Single-use.
 * @throws what the engine raises, once it is set aside and no other goes on; AbortError
 */
export async function* survivingAnswer(
  request: ChatRequest,
  { device, pkg: first, signal, priority, otherPackage }: SurvivingOptions,
): AsyncGenerator<AnswerEvent, void, undefined> {
  const told = new ToldAnswer();
  const tally = new LossTally(device);
  const tried = new Set([first.id]);
  for (let pkg = first; ; ) {
    try {
      yield { type: 'opened', loaded: await device.load(pkg, { signal }) };
      const emitted = told.emittedBy(pkg);
      const call = { signal, ...(priority && { priority }), ...(emitted && { emitted }) };
      for await (const event of device.generate(pkg.id, request, call)) {
        told.add(event, pkg);
        yield event;
      }
      return;
    } catch (error) {
      if (signal?.aborted || !isOrillaError(error) || !losses.has(error.code)) throw error;
      // It went after the answer's end was told.
      if (told.isFinished) return;
      if (!told.isEmpty && !canContinue(request)) throw error;
      if (await tally.allowsAgain(pkg, error, signal)) continue;
      const other = await otherPackage();
      if (!other || tried.has(other.id)) throw error;
      tried.add(other.id);
      pkg = other;
    }
  }
}

/** Whether an engine can go on behind what is out already. */
function canContinue({ tools, response_format, n }: ChatRequest): boolean {
  return !tools?.length && (response_format?.type ?? 'text') === 'text' && (n ?? 1) === 1;
}

/** Counts what was lost under one answer. */
class LossTally {
  readonly #device: SurvivingOptions['device'];
  readonly #failures = new Map<string, number>();
  #lostTabs = 0;

  constructor(device: SurvivingOptions['device']) {
    this.#device = device;
  }

  /** Whether the package may be opened again. Another tab that closed says nothing against the engine. */
  async allowsAgain(
    { id, engine }: DevicePackage,
    error: OrillaError,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    if (error.code === 'engine.worker-died' && !this.#device.isOwnLoss(error)) {
      this.#lostTabs += 1;
      return this.#lostTabs <= maxLostTabs;
    }
    const failures = (this.#failures.get(id) ?? 0) + 1;
    this.#failures.set(id, failures);
    // What was noted decides for the next questions too, so that it is read anew in any case.
    const { engines } = await this.#device.facts({ signal, anew: true });
    const aside = engines[engine]?.setAside;
    return failures < failuresBeforeAside && (aside === undefined || aside.untilMs <= Date.now());
  }
}

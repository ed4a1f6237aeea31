import type { CallMessage, WorkerApi } from '@orilla/contract';

type WithoutPort<Args> = Args extends [...infer Given, MessagePort] ? Given : never;

/** The calls that need the engine itself, wherever it is. */
export type EngineWork = {
  readonly [Name in 'load' | 'generate' | 'embed' | 'measure']: {
    readonly name: Name;
    readonly given: WithoutPort<Parameters<WorkerApi[Name]>>;
  };
}['load' | 'generate' | 'embed' | 'measure'];

/** Does the work here and answers on the port. Never rejects; settles when it has stopped. */
export type DoWork = (work: EngineWork, port: MessagePort) => Promise<void>;

export function packageIdOf(work: EngineWork): string {
  return work.name === 'load' ? work.given[0].id : work.given[0];
}

export const isLast = ({ type }: CallMessage<unknown>): boolean => type === 'done' || type === 'error';

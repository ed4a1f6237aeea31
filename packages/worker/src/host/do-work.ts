import { isOrillaError, memoryNeed } from '@orilla/contract';
import { answerCall } from './answer-call.ts';
import { demandSecureContext } from './demand-secure-context.ts';
import type { DeviceKnowledge } from './device-knowledge.ts';
import type { EngineHost } from './engine-host.ts';
import type { EngineWork } from './tabs/engine-work.ts';

export interface WorkOptions {
  readonly host: EngineHost;
  readonly knowledge: () => Promise<DeviceKnowledge>;
}

/** Does what needs the engine in this worker, and answers on the port. Never rejects; settles when it has stopped. */
export function doWork({ host, knowledge }: WorkOptions, work: EngineWork, port: MessagePort): Promise<void> {
  return answerCall<unknown>(port, async ({ signal, progress, token }) => {
    switch (work.name) {
      case 'load': {
        demandSecureContext(globalThis);
        const [pkg] = work.given;
        try {
          return await host.load(pkg, { signal, onProgress: progress });
        } catch (error) {
          if (isOrillaError(error) && error.code === 'engine.out-of-memory')
            await (await knowledge()).backOff(pkg.engine, memoryNeed(pkg));
          throw error;
        }
      }
      case 'generate': {
        const [packageId, request, call] = work.given;
        for await (const event of host.generate(packageId, request, { ...call, signal })) token(event);
        return null;
      }
      case 'embed':
        return host.embed(...work.given, { signal });
      case 'measure': {
        const [packageId] = work.given;
        const known = await knowledge();
        const before = await known.rates(packageId);
        if (before) return before;
        const rates = await host.measure(packageId, { signal });
        await known.keepRates(packageId, rates);
        return rates;
      }
    }
  });
}

import { answerWithJson } from './answer.ts';
import type { Route } from './route-table.ts';

/** `starting`: an upstream that the relay launches is not up. `draining`: it is on its way out. */
export type Readiness = 'ready' | 'starting' | 'draining';

export interface HealthOptions {
  readonly readiness: () => Readiness;
}

/** For orchestrators: `/healthz` tells that the process answers, `/readyz` whether it should be sent requests. */
export function healthRoutes({ readiness }: HealthOptions): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/healthz',
      access: 'probe',
      handle: ({ response }) => answerWithJson(response, 200, { status: 'ok' }),
    },
    {
      method: 'GET',
      path: '/readyz',
      access: 'probe',
      handle: ({ response }) => {
        const status = readiness();
        answerWithJson(response, status === 'ready' ? 200 : 503, { status });
      },
    },
  ];
}

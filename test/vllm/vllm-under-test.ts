import { testedVllmVariables } from '../../tools/test/tested-vllm.ts';

/** The real vLLM that `npm run test:vllm` started. */
export interface VllmUnderTest {
  readonly url: string;
  readonly apiKey: string;
  /** The value of one of vLLM's own metrics, summed over its labels; 0 where it has none yet. */
  metric(name: string): Promise<number>;
}

export const vllmModel = 'smollm2-135m';

/** @throws Error where no vLLM was started for the tests */
export function vllmUnderTest(env: NodeJS.ProcessEnv = process.env): VllmUnderTest {
  const url = env[testedVllmVariables.url];
  const apiKey = env[testedVllmVariables.apiKey];
  if (!url || !apiKey) throw new Error('These tests need a real vLLM. Run them with: npm run test:vllm');
  return {
    url,
    apiKey,
    async metric(name) {
      const text = await (await fetch(`${url}/metrics`)).text();
      const values = text
        .split('\n')
        // The name exactly: another metric may begin with the same letters.
        .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
        .map((line) => Number(line.slice(line.lastIndexOf(' ') + 1)));
      return values.reduce((sum, value) => sum + value, 0);
    },
  };
}

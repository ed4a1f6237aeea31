import type { Catalog } from '@orilla/contract';

/** The starter's weights under a claim that no device can meet. */
export const tooLarge: Catalog = {
  models: {
    huge: {
      title: 'Huge 32B',
      device: [
        {
          id: 'smollm2-135m-instruct-q4_1',
          engine: 'llamacpp',
          bytes: 98_362_432,
          contextLength: 2048,
          memory: { weights: 64_000_000_000, kvPerToken: 23_040, scratch: 16_777_216 },
          license: 'Apache-2.0',
          sources: [{ kind: 'mirror', url: '/orilla/v1/models/smollm2-135m-instruct-q4_1/' }],
        },
      ],
      relay: { model: 'smollm2-135m' },
    },
  },
};

import type { Catalog } from '@orilla/contract';
import { defaultCatalog } from '../../../demo/src/catalog.ts';

const { title, device, relay } = defaultCatalog.models['smollm2-135m'] ?? { title: '', device: [] };

/** The starter, with half of its context on the device: a question that is too long for it takes the server a third of the time. */
export const shortContext: Catalog = {
  models: {
    'smollm2-135m': {
      title,
      device: device.map((pkg) => ({ ...pkg, contextLength: 1024 })),
      ...(relay && { relay }),
    },
  },
};

/** With the 512 tokens that are kept for the answer it is longer than that context. */
export const lessLongQuestion = `Here is a list of words. ${'stone river cloud light '.repeat(130)} What is the first word?`;

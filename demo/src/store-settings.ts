import type { StoreSettings } from '@orilla/core';

/**
 * What this page decides about the weight store. An organization that signs its models names its public keys here before it builds the
 * page: then nothing else is opened, wherever it comes from.
 */
export const storeSettings: StoreSettings = {};

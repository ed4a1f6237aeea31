// The smallest app there is: what it downloads before any model is what every app that uses Orilla downloads at least.
import { createOrilla } from '@orilla/core';

Object.assign(globalThis, { createOrilla });

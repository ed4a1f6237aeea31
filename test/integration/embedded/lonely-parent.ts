// A process that has an embedded upstream and looks after nothing: what it leaves behind when it dies is the test.
import { embeddedLauncher } from '@orilla/embedded';
import { defaults } from './embedded-client.ts';

const [, , modelPath = ''] = process.argv;
const upstream = await embeddedLauncher(
  { name: 'embedded', ...defaults, modelPath },
  { signal: new AbortController().signal, log: () => undefined },
);
process.send?.({ socketPath: upstream.socketPath });

import { countGpuBuffers } from './count-gpu-buffers.ts';

countGpuBuffers();
// Orilla's own worker, with its GPU devices noted.
await import('../../test/fixtures/client-page/noting-worker.ts');

import { serveBench } from './serve-bench.ts';

const [mode] = process.argv.slice(2);
if (mode === 'die') process.exit(3);
if (mode !== 'silent')
  serveBench({ args: process.argv.slice(2) }, async (question: unknown) => {
    if (question === 'fail') throw new Error('as asked');
    if (question === 'die') process.exit(4);
    if (question === 'hang') await new Promise(() => undefined);
    return { question };
  });
else setInterval(() => undefined, 1000);

export { embeddedLauncher } from './launcher.ts';

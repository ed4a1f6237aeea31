import { type OrillaSide, openOrilla } from './orilla-side.ts';
import { openWllama, type WllamaSide } from './wllama-side.ts';

let ours: OrillaSide | undefined;
let peer: WllamaSide | undefined;

window.pageBench = {
  async open(pkg) {
    ours = await openOrilla(pkg);
    return ours.loaded;
  },
  async openPeer(fileUrl, loaded) {
    peer = await openWllama(fileUrl, loaded);
  },
  ask(question) {
    if (!ours) throw new Error('Open the package first.');
    return ours.ask(question);
  },
  askPeer(question) {
    if (!peer) throw new Error('Open the peer first.');
    return peer.ask(question);
  },
};

import { isLoopback, parseListen } from '../address.ts';
import type { Finding } from '../problem.ts';
import type { Rule } from './rule.ts';

/** What others on the network can reach asks for keys and knows its own names. */
export const safeListener: Rule = ({ listen, hosts, access }) => {
  const address = typeof listen === 'string' ? parseListen(listen) : listen;
  if (!address || isLoopback(address.host)) return [];
  const findings: Finding[] = [];
  if (!access?.keys?.length)
    findings.push({
      path: ['listen'],
      message:
        'without keys, everybody who reaches this address could use the models. ' +
        'Add access.keys (`orilla-relay keys create` makes one), or listen on 127.0.0.1.',
    });
  if (!hosts?.length)
    findings.push({
      path: ['listen'],
      message:
        'beyond loopback the relay answers only to the names it knows, so that no other name can be pointed at it. ' +
        'Add hosts, e.g. hosts: [relay.example.org].',
    });
  return findings;
};

import { expect, test } from 'vitest';
import * as contract from './index.ts';

/** A promise to everybody who imports this package: change it on purpose, with a note in the changelog. */
test('exports exactly these names', () => {
  expect(Object.keys(contract).sort()).toMatchInlineSnapshot(`
    [
      "OrillaError",
      "abortReason",
      "decodeError",
      "defaultPrivacy",
      "encodeError",
      "engineNames",
      "errorCodes",
      "familyOf",
      "features",
      "formatPrivacyHeader",
      "fromWireError",
      "headerNames",
      "holdsWireError",
      "isAbortError",
      "isErrorCode",
      "isOrillaError",
      "isPackageId",
      "isPackagePath",
      "isPrivacyLabel",
      "isRelativePath",
      "isZone",
      "manifestSchema",
      "memoryNeed",
      "parseCatalog",
      "parseManifest",
      "parseOrillaFields",
      "parsePrivacy",
      "parsePrivacyHeader",
      "permitsRelay",
      "permitsUpstream",
      "privacyLabels",
      "requestPriorities",
      "signedBytes",
      "strictest",
      "toWireError",
      "wireErrorType",
      "zones",
    ]
  `);
});

test('spells headers and codes as they stand on the wire', () => {
  expect(contract.headerNames).toMatchInlineSnapshot(`
    {
      "place": "Orilla-Place",
      "privacy": "Orilla-Privacy",
      "receipt": "Orilla-Receipt",
      "requestId": "Orilla-Request-Id",
      "upstreamZone": "Orilla-Upstream-Zone",
    }
  `);
  expect(contract.privacyLabels).toEqual(['device', 'organization', 'public']);
  expect(contract.zones).toEqual(['on-premises', 'own-cloud', 'dedicated-cloud', 'public']);
  expect(Object.keys(contract.errorCodes)).toMatchInlineSnapshot(`
    [
      "capability.unsupported",
      "capability.insecure-context",
      "catalog.unknown-model",
      "catalog.bad-catalog",
      "catalog.bad-manifest",
      "catalog.bad-signature",
      "catalog.unreachable",
      "storage.unavailable",
      "storage.quota-exceeded",
      "storage.corrupt-chunk",
      "storage.bad-archive",
      "storage.download-failed",
      "engine.load-failed",
      "engine.failed",
      "engine.device-lost",
      "engine.crashed",
      "engine.out-of-memory",
      "engine.busy",
      "engine.context-exceeded",
      "engine.worker-died",
      "routing.privacy-forbids",
      "routing.nowhere",
      "relay.unreachable",
      "relay.rejected",
      "relay.unauthorized",
      "relay.forbidden-origin",
      "relay.wrong-host",
      "relay.no-upstream",
      "relay.upstream-unreachable",
      "relay.upstream-failed",
      "relay.upstream-timeout",
      "relay.rate-limited",
      "relay.overloaded",
      "relay.not-implemented",
      "relay.failed",
      "protocol.bad-json",
      "protocol.bad-request",
      "protocol.bad-privacy-header",
      "protocol.unknown-route",
      "protocol.wrong-method",
      "protocol.wrong-content-type",
      "protocol.too-large",
      "protocol.slow-sender",
      "protocol.broken-stream",
    ]
  `);
});

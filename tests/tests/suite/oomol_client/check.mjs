// Drives the published client, as it is, against a gateway: `node check.mjs GATEWAY UPSTREAM TOKENS`.
//
// The tokens, by name in JSON, are `full`, `limited` (one call a second) and `reader` (no writes, no
// proxy). Which section of the wire contract is looked at where:
//
//  2 request headers ................. calls.mjs
//  3 URLs, paths, queries ............ calls.mjs, catalog.mjs
//  4 envelopes ....................... harness.mjs for every answer; calls.mjs, failures.mjs
//  5 retries ......................... failures.mjs, proxy.mjs
//  6 the hosted client ............... calls.mjs, catalog.mjs, proxy.mjs
//  8 the self-hosted client .......... calls.mjs, catalog.mjs, proxy.mjs
// 10 error codes ..................... all; those that the gateway has
// 12 acceptance list ................. harness.mjs, and the above; projects (`/v1/saas`) are in ../project_client
//
// `replay.mjs` has what a real provider answered.

import { calls } from "./calls.mjs";
import { catalog } from "./catalog.mjs";
import { failures } from "./failures.mjs";
import { run } from "./harness.mjs";
import { proxy } from "./proxy.mjs";

await run(calls, catalog, proxy, failures);

// Drives the published client for projects, as it is, against a gateway: `node check.mjs PLACE`.

import { accounts } from "./accounts.mjs";
import { oauth } from "./oauth.mjs";
import { run } from "./harness.mjs";

await run(oauth, accounts);

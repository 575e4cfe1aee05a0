// Errors: which status and code they have, and what the clients repeat.

import assert from "node:assert/strict";

import { isRetryable } from "@oomol-lab/connector";

import { THING } from "./things.mjs";
import { UUID, asked, failure, gateway, hosted, open, post, recover, refused, sent, tokens } from "./harness.mjs";

export const failures = {
  async "whoever is not known is not let in"() {
    for (const client of [
      hosted({ apiKey: "wrong", maxRetries: 2 }),
      open({ runtimeToken: "wrong", maxRetries: 2 }),
      open({ runtimeToken: undefined, maxRetries: 2 }),
    ]) {
      for (const call of [
        () => client.execute("local.things.list", {}),
        () => client.catalog.providers(),
        () => client.apps.list(),
      ]) {
        refused(await failure(call), 401, "unauthorized", { attempts: 1 });
      }
    }
  },
  async "an action that is not there is an error that names the nearest"() {
    const error = await failure(() => hosted({ maxRetries: 2 }).execute("local.things.gat", {}));
    refused(error, 404, "unknown_action", { attempts: 1, actionId: "local.things.gat" });
    assert.match(error.message, /local\.things\.get/);
    refused(await failure(() => open().execute("nope.a", {})), 404, "unknown_service");
    assert.equal(isRetryable(error), false);
  },
  async "an input that is not valid is told all its faults"() {
    const error = await failure(() =>
      hosted({ maxRetries: 2 }).execute("local.things.list", { limit: 1000, page: 1 }),
    );
    refused(error, 400, "invalid_input", { attempts: 1 });
    assert.deepEqual(error.data.map(({ param }) => param).sort(), ["limit", "page"]);
    assert.match(error.executionId, UUID);
    const { meta } = await post("local.things.list", { input: { limit: 1000 } });
    assert.equal(`${meta.service} ${meta.actionId}`, "local local.things.list");
    const deep = JSON.parse("[".repeat(101) + "]".repeat(101));
    refused(await failure(() => open().execute("local.things.list", deep)), 400, "invalid_input");
    const large = { name: "x".repeat(11 << 20) };
    const error413 = await failure(() => open().execute("local.things.create", large));
    refused(error413, 413, "payload_too_large", { attempts: 1 });
  },
  async "a read that the provider fails is tried again, a write is not"() {
    await asked();
    const read = await failure(() =>
      hosted({ maxRetries: 2 }).execute("local.things.get", { id: "broken" }),
    );
    refused(read, 502, "provider_error", { attempts: 3, data: "out of order" });
    assert.equal(isRetryable(read), true);
    assert.equal((await asked())["GET /things/broken"], 3);
    await recover();
    const write = await failure(() =>
      hosted({ maxRetries: 2 }).execute("local.things.create", { name: "broken" }),
    );
    assert.ok(write.status < 500, `${write.status} ${write.code}`);
    assert.equal(write.attempts, 1);
    assert.equal(isRetryable(write), false);
    assert.equal((await asked())["POST /things"], 1);
    await recover();
  },
  async "an answer that is too large is an error: of a read for good, of a write in doubt"() {
    await asked();
    const client = hosted({ maxRetries: 2 });
    const read = await failure(() => client.execute("local.things.get", { id: "large" }));
    refused(read, 413, "response_too_large", { attempts: 1, actionId: "local.things.get" });
    const write = await failure(() => client.execute("local.things.create", { name: "large" }));
    refused(write, 409, "outcome_unknown", { attempts: 1 });
    assert.deepEqual(await asked(), { "GET /things/large": 1, "POST /things": 1 });
    await recover();
  },
  async "a write without an answer is in doubt and sent once"() {
    await asked();
    const write = await failure(() =>
      hosted({ maxRetries: 2 }).execute("local.things.create", { name: "cut off" }),
    );
    refused(write, 409, "outcome_unknown", { attempts: 1 });
    assert.equal((await asked())["POST /things"], 1);
    await recover();
  },
  async "what the provider has not is not found"() {
    const error = await failure(() => hosted().execute("local.things.get", { id: "missing" }));
    refused(error, 404, "not_found", { attempts: 1 });
  },
  async "a negative number of attempts is one"() {
    const call = () => hosted().execute("local.things.get", { id: "missing" }, { retries: -1 });
    refused(await failure(call), 404, "not_found", { attempts: 1 });
  },
  async "a caller that is too quick is told when to come back, and does"() {
    const client = hosted({ apiKey: tokens.limited });
    await client.execute("local.things.list", {});
    const error = await failure(() => client.execute("local.things.list", {}));
    refused(error, 429, "rate_limited", { attempts: 1 });
    const before = [sent.length, Date.now()];
    await client.execute("local.things.list", {}, { retries: 1 });
    assert.equal(sent.length - before[0], 2, "attempts");
    // The answer said a whole second; backoff alone is at most 200 ms.
    assert.ok(Date.now() - before[1] >= 900, `${Date.now() - before[1]} ms`);
  },
  async "a provider that is asked too often is left alone for as long as it says"() {
    await asked();
    const [before, start] = [sent.length, Date.now()];
    const thing = await hosted().execute("local.things.get", { id: "limited" }, { retries: 1 });
    assert.deepEqual(thing, THING);
    assert.equal(sent.length - before, 2, "attempts");
    assert.ok(Date.now() - start >= 900, `${Date.now() - start} ms`);
    assert.equal((await asked())["GET /things/limited"], 2);
  },
  async "an aborted call ends at once"() {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 200);
    const start = Date.now();
    const error = await failure(() =>
      hosted({ maxRetries: 2 }).execute("local.things.get", { id: "slow" }, { signal: controller.signal }),
    );
    assert.equal(error.name, "AbortError");
    assert.equal(error.attempts, 1);
    assert.ok(Date.now() - start < 1000);
  },
  async "a call that takes too long for the caller ends there"() {
    const error = await failure(() =>
      open().execute("local.things.get", { id: "slow" }, { timeoutMs: 200, retries: 1 }),
    );
    assert.equal(error.code, "client_timeout");
    assert.equal(error.status, 0);
    assert.equal(error.attempts, 2);
  },
  async "a write goes on when its caller goes away"() {
    await asked();
    const call = () =>
      open().execute("local.things.create", { name: "slow" }, { timeoutMs: 100, retries: 0 });
    assert.equal((await failure(call)).code, "client_timeout");
    await new Promise((resolve) => setTimeout(resolve, 2000));
    assert.equal((await asked())["POST /things"], 1);
  },

  async "a provider that is too slow for the call is an error of its own"() {
    const answer = await post("local.things.get", { input: { id: "slow" }, options: { timeoutMs: 200 } });
    assert.equal(`${answer.status} ${answer.errorCode}`, "504 provider_timeout");
    await recover();
  },
  async "clients wait while a provider is left alone, and then go on"() {
    for (let times = 0; times < 5; times += 1) {
      const call = () => hosted().execute("local.things.get", { id: "broken" });
      assert.ok((await failure(call)).status >= 502);
    }
    await asked();
    for (const call of [
      () => hosted().execute("local.things.get", { id: "1" }),
      () => hosted().execute("local.things.create", { name: "later" }),
    ]) {
      refused(await failure(call), 503, "provider_unavailable", { attempts: 1 });
    }
    assert.deepEqual(await asked(), {});
    const [before, start] = [sent.length, Date.now()];
    const made = await hosted().execute("local.things.create", { name: "later" }, { retries: 1 });
    assert.equal(made.name, "later");
    assert.equal(sent.length - before, 2, "attempts");
    assert.ok(Date.now() - start >= 2000, `${Date.now() - start} ms`);
    assert.equal((await asked())["POST /things"], 1);
  },
  async "a credential that the provider refuses is not asked for again and again"() {
    const call = () =>
      hosted({ maxRetries: 2 }).execute("local.things.get", { id: "denied" }, { connectionName: "second" });
    refused(await failure(call), 403, "authorization_failed", { attempts: 1 });
  },
};

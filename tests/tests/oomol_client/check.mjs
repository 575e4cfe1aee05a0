// Drives the published client, as it is, against a gateway: `node check.mjs GATEWAY UPSTREAM`.
//
// The tokens are `full`, `limited` (one call a second) and `reader` (no writes, no proxy).

import assert from "node:assert/strict";

import { Connector, ConnectorError, OpenConnector, isRetryable } from "@oomol-lab/connector";

const [gateway, upstream] = process.argv.slice(2);
const OPTIONS = { maxRetries: 0, timeoutMs: 10_000 };

/** How many requests the clients have sent. */
let sent = 0;
const counting = (...request) => {
  sent += 1;
  return fetch(...request);
};

const hosted = (more = {}) =>
  new Connector({ apiKey: "full", baseUrl: `${gateway}/v1`, fetch: counting, ...OPTIONS, ...more });
const open = (more = {}) =>
  new OpenConnector({ runtimeToken: "full", baseUrl: gateway, fetch: counting, ...OPTIONS, ...more });

/** What the provider was asked, by method and path, since the last time. */
const asked = async () => (await fetch(`${upstream}/asked`)).json();

/** Lets the provider answer well, so that the gateway does not take it for one that is out of order. */
const recover = () => hosted().execute("local.things.get", { id: "1" });

/** Runs to an error of the client and returns it, with how many requests that took. */
const failure = async (call) => {
  const before = sent;
  try {
    const data = await call();
    assert.fail(`no error, but ${JSON.stringify(data)}`);
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    return Object.assign(error, { attempts: sent - before });
  }
};

/** Checks an error of the gateway; `more` are further members. */
const refused = (error, status, code, more = {}) => {
  assert.ok(error instanceof ConnectorError, error);
  assert.equal(`${error.status} ${error.code}`, `${status} ${code}`, error.message);
  assert.match(error.requestId, /^[0-9a-f-]{36}$/);
  for (const [name, value] of Object.entries(more)) assert.deepEqual(error[name], value, name);
};

const UUID = /^[0-9a-f-]{36}$/;
const THING = { id: "1", name: "ball" };

const checks = {
  // Calls of actions, by both clients.
  async "a call returns the output"() {
    for (const client of [hosted(), open()]) {
      assert.deepEqual(await client.execute("local.things.get", { id: "1" }), THING);
    }
  },
  async "a raw call tells which run it was"() {
    for (const client of [hosted(), open()]) {
      const raw = await client.executeRaw("local.things.get", { id: "1" });
      assert.deepEqual(raw.data, THING);
      assert.match(raw.executionId, UUID);
      assert.equal(raw.actionId, "local.things.get");
      assert.equal(raw.message, "OK");
    }
  },
  async "names of dotted actions are spelled with an underscore behind a service"() {
    for (const client of [hosted(), open()]) {
      assert.deepEqual(await client.local.things_get({ id: "1" }), THING);
      assert.deepEqual(await client.local["things.get"]({ id: "1" }), THING);
      assert.deepEqual(await client.local["get-things"]({ id: "1" }), THING);
    }
    // A slash of an id travels as `%2F`.
    assert.deepEqual(await hosted().execute("local/things.get", { id: "1" }), THING);
  },
  async "a call without an input has an empty one"() {
    assert.deepEqual(await hosted().execute("local.things.list"), [THING]);
    assert.deepEqual(await open().local.things_list(), [THING]);
  },
  async "text of any script arrives"() {
    const name = "Grüße 你好 🎈";
    assert.equal((await hosted().execute("local.things.create", { name })).name, name);
  },

  // Which connection, whose.
  async "a connection is chosen by name, and an empty name is none"() {
    const of = async (client, options) =>
      (await client.execute("local.things.get", { id: "who" }, options)).account;
    assert.equal(await of(hosted()), "default");
    assert.equal(await of(hosted({ connectionName: "second" })), "second");
    assert.equal(await of(hosted(), { connectionName: "second" }), "second");
    assert.equal(await of(hosted().using({ connectionName: "second" })), "second");
    assert.equal(await of(open({ connectionName: "second" })), "second");
    assert.equal(await of(open(), { connectionName: "second" }), "second");
    assert.equal(await of(hosted({ connectionName: "second" }), { connectionName: "" }), "default");
  },
  async "a connection that is not there is an error, never another one"() {
    for (const client of [hosted(), open()]) {
      const call = () => client.execute("local.things.get", { id: "1" }, { connectionName: "nope" });
      refused(await failure(call), 404, "connection_not_found", { attempts: 1 });
    }
    const call = () => hosted().execute("local.things.get", {}, { connectionName: "no name" });
    refused(await failure(call), 400, "invalid_connection_name", { attempts: 1 });
  },
  async "a team has its own connections"() {
    const of = async (client, options) =>
      (await client.execute("local.things.get", { id: "who" }, options)).account;
    assert.equal(await of(hosted({ team: "acme" })), "acme");
    assert.equal(await of(hosted(), { team: "acme" }), "acme");
    assert.equal(await of(hosted().using({ team: "acme" })), "acme");
    const error = await failure(() => of(hosted({ apiKey: "reader", team: "acme" })));
    refused(error, 403, "connection_not_allowed", { attempts: 1 });
  },

  // What can be called.
  async "the catalog shows actions, services and providers"() {
    for (const client of [hosted(), open()]) {
      const action = await client.catalog.action("local.things.create");
      assert.equal(action.id, "local.things.create");
      assert.equal(action.service, "local");
      assert.equal(action.effect, "write");
      assert.deepEqual(action.inputSchema.required, ["name"]);
      assert.deepEqual(action.followUpActions, []);
      assert.equal(action.asyncLifecycle, null);
      assert.equal((await client.catalog.action("local/list-things")).id, "local.things.list");
      const actions = await client.catalog.actions("local");
      assert.deepEqual(
        actions.map(({ id }) => id).sort(),
        ["local.things.create", "local.things.get", "local.things.list", "local.things.put"],
      );
      refused(await failure(() => client.catalog.action("local.things.gat")), 404, "unknown_action");
      refused(await failure(() => client.catalog.action("search term/x")), 404, "unknown_service");
      refused(await failure(() => client.catalog.actions("lokal")), 404, "unknown_service");
      const names = async (query) =>
        (await client.catalog.providers(query)).map(({ service }) => service).sort();
      assert.deepEqual(await names(), ["free", "local"]);
      assert.deepEqual(await names({ service: ["local"] }), ["local"]);
      assert.deepEqual(await names({ service: ["local", "free"], q: "NO_AUTH" }), ["free"]);
      assert.deepEqual(await names({ q: "nothing like it" }), []);
      const [provider] = await client.catalog.providers({ service: ["local"] });
      assert.equal(provider.displayName, "Local");
      assert.deepEqual(provider.authTypes, ["api_key", "custom_credential"]);
      assert.equal(provider.iconUrl, null);
    }
    assert.deepEqual((await open().catalog.services()).sort(), ["free", "local"]);
  },
  async "a search finds actions by words"() {
    const { catalog } = open();
    const ids = async (...search) => (await catalog.search(...search)).map(({ id }) => id);
    assert.deepEqual(await ids("create things", { limit: 1 }), ["local.things.create"]);
    assert.deepEqual(await ids("list", { service: "free" }), ["free.things.list"]);
    const [hit] = await catalog.search("create things");
    assert.equal(hit.authenticated, true);
    assert.equal(hit.inputSchema.type, "object");
    refused(await failure(() => ids("list", { limit: 51 })), 400, "invalid_input");
    refused(await failure(() => ids("")), 400, "invalid_input");
    refused(await failure(() => ids("list", { service: "lokal" })), 400, "invalid_input");
  },
  async "apps are the connections, and what runs without one"() {
    for (const client of [hosted(), open()]) {
      const apps = await client.apps.list();
      const names = apps.map((app) => `${app.service}/${app.connectionName}`).sort();
      assert.deepEqual(names, ["free/default", "local/first", "local/second"]);
      assert.equal(apps.find(({ service }) => service === "free").id, "free:default");
      const second = apps.find(({ connectionName }) => connectionName === "second");
      assert.match(second.id, UUID);
      assert.equal(second.status, "active");
      assert.equal(second.isDefault, false);
    }
    const { apps } = open();
    assert.equal((await apps.listByService("local")).length, 2);
    refused(await failure(() => apps.listByService("lokal")), 404, "unknown_service");
    assert.deepEqual(await apps.authenticated(["free", "nope", "local"]), ["free", "local"]);
    assert.deepEqual(await apps.authenticated([]), []);
    assert.deepEqual((await hosted({ team: "acme" }).apps.list()).length, 2);
  },
  async "the gateway says that it is well, to whoever asks"() {
    const health = await open({ runtimeToken: undefined }).health();
    assert.deepEqual(health, { ok: true, runtime: "plugwright" });
  },
  async "what a token may not do is not shown and not done"() {
    const reader = hosted({ apiKey: "reader" });
    const ids = (await reader.catalog.actions("local")).map(({ id }) => id);
    assert.ok(!ids.includes("local.things.create"), ids);
    refused(await failure(() => reader.catalog.action("local.things.create")), 404, "unknown_action");
    const write = () => reader.execute("local.things.create", { name: "x" });
    refused(await failure(write), 403, "action_not_allowed", { attempts: 1 });
    const proxy = () => reader.proxy("local", { endpoint: "/things", method: "GET" });
    refused(await failure(proxy), 403, "proxy_not_allowed", { attempts: 1 });
  },

  // The provider's API itself.
  async "the proxy sends what it is told and returns the exchange"() {
    for (const client of [hosted(), open()]) {
      const answer = await client.proxy("local", {
        endpoint: "/echo?a=1",
        method: "POST",
        query: { b: ["2", 3], c: true },
        headers: { "x-trace": "t1" },
        body: { some: "text" },
      });
      assert.equal(answer.status, 200);
      assert.equal(answer.headers["content-type"], "application/json");
      assert.equal(answer.data.target, "/echo?a=1&b=2&b=3&c=true");
      assert.equal(answer.data.trace, "t1");
      assert.equal(answer.data.account, "default");
      // Not even a provider that repeats the credential can make it known.
      assert.equal(answer.data.authorization, "Bearer [redacted]");
      assert.deepEqual(answer.data.body, { some: "text" });
      const named = { connectionName: "second" };
      const get = { endpoint: "/things/who", method: "GET" };
      assert.equal((await client.proxy("local", get, named)).data.account, "second");
    }
  },
  async "an exchange that the provider ended with an error is an exchange"() {
    const get = { endpoint: "/things/missing", method: "GET" };
    const answer = await hosted().proxy("local", get);
    assert.equal(answer.status, 404);
    assert.deepEqual(answer.data, { message: "no such thing" });
  },
  async "the proxy refuses what it must not send"() {
    const proxy = (request, service = "local") =>
      failure(() => open({ maxRetries: 2 }).proxy(service, request));
    refused(await proxy({ endpoint: "/x", method: "TRACE" }), 400, "invalid_input", { attempts: 1 });
    refused(await proxy({ endpoint: "/x", method: "GET", uri: 1 }), 400, "invalid_input");
    refused(await proxy({ endpoint: "/../x", method: "GET" }), 400, "invalid_input");
    refused(
      await proxy({ endpoint: "/x", method: "GET", headers: { Authorization: "x" } }),
      400,
      "invalid_input",
      { data: [{ param: "headers.Authorization", message: "can't be set: it is the gateway's, or comes from the connection" }] },
    );
    const elsewhere = await proxy({ endpoint: "https://example.com/x", method: "GET" });
    assert.ok([400, 403].includes(elsewhere.status), `${elsewhere.status} ${elsewhere.code}`);
    assert.equal(elsewhere.attempts, 1);
    refused(await proxy({ endpoint: "/x", method: "GET" }, "lokal"), 404, "unknown_service", { attempts: 1 });
  },

  // Errors.
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
  async "a caller that is too quick is told when to come back, and does"() {
    const client = hosted({ apiKey: "limited" });
    await client.execute("local.things.list", {});
    const error = await failure(() => client.execute("local.things.list", {}));
    refused(error, 429, "rate_limited", { attempts: 1 });
    const before = [sent, Date.now()];
    await client.execute("local.things.list", {}, { retries: 1 });
    assert.equal(sent - before[0], 2, "attempts");
    // The answer said a whole second; backoff alone is at most 200 ms.
    assert.ok(Date.now() - before[1] >= 900, `${Date.now() - before[1]} ms`);
  },
  async "a provider that is asked too often is left alone for as long as it says"() {
    await asked();
    const [before, start] = [sent, Date.now()];
    const thing = await hosted().execute("local.things.get", { id: "limited" }, { retries: 1 });
    assert.deepEqual(thing, THING);
    assert.equal(sent - before, 2, "attempts");
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

  // What no method of the client asks, but its dialect has.
  async "a path that is not there is answered in the dialect"() {
    const get = async (path, options) => {
      const answer = await fetch(`${gateway}${path}`, { headers: { authorization: "Bearer full" }, ...options });
      const body = await answer.json();
      assert.equal(body.success, false);
      assert.equal(answer.headers.get("x-request-id"), body.meta.requestId);
      return `${answer.status} ${body.errorCode}`;
    };
    assert.equal(await get("/v1/apps/x"), "404 not_found");
    assert.equal(await get("/v1/nothing/at/all"), "404 not_found");
    assert.equal(await get("/v1/apps", { method: "DELETE" }), "405 method_not_allowed");
    assert.equal(await get("/v1/actions/%ff"), "400 invalid_input");
    const broken = { method: "POST", body: "{", headers: { authorization: "Bearer full", "content-type": "application/json" } };
    assert.equal(await get("/v1/actions/local.things.list", broken), "400 invalid_json");
  },
  async "an action's metadata is sent again only when it has changed"() {
    const url = `${gateway}/v1/actions/local.things.list`;
    const authorization = "Bearer full";
    const first = await fetch(url, { headers: { authorization } });
    await first.text();
    const etag = first.headers.get("etag");
    const again = await fetch(url, { headers: { authorization, "if-none-match": etag } });
    assert.equal(again.status, 304);
    assert.equal(again.headers.get("cache-control"), "private, no-cache");
  },
  async "options of a call, a key that makes it happen once"() {
    const post = async (body, headers = {}) => {
      const answer = await fetch(`${gateway}/v1/actions/local.things.create`, {
        method: "POST",
        headers: { authorization: "Bearer full", "content-type": "application/json", ...headers },
        body: JSON.stringify(body),
      });
      assert.equal(answer.headers.get("cache-control"), "no-store");
      return answer.json();
    };
    await asked();
    const key = { "idempotency-key": "k1" };
    const first = await post({ input: { name: "once" } }, key);
    const again = await post({ input: { name: "once" } }, key);
    assert.equal(again.meta.replayed, true);
    assert.deepEqual(again.data, first.data);
    assert.equal(again.meta.executionId, first.meta.executionId);
    const other = await post({ input: { name: "other" } }, key);
    assert.equal(other.errorCode, "idempotency_key_conflict");
    assert.equal((await asked())["POST /things"], 1);
    const plan = await post({ input: { name: "x" }, options: { mode: "dryRun" } });
    assert.equal(plan.success, true, JSON.stringify(plan));
    const fields = await post({ input: { name: "x" }, options: { fields: ["name"], raw: true } });
    assert.deepEqual(fields.data, { name: "x" });
    assert.ok(fields.meta.raw);
    assert.equal((await asked())["POST /things"], 1);
  },
  async "a provider that is too slow for the call is an error of its own"() {
    const answer = await fetch(`${gateway}/v1/actions/local.things.get`, {
      method: "POST",
      headers: { authorization: "Bearer full", "content-type": "application/json" },
      body: JSON.stringify({ input: { id: "slow" }, options: { timeoutMs: 200 } }),
    });
    const { errorCode } = await answer.json();
    assert.equal(`${answer.status} ${errorCode}`, "504 provider_timeout");
    await recover();
  },
  async "a credential that the provider refuses is not asked for again and again"() {
    const call = () =>
      hosted({ maxRetries: 2 }).execute("local.things.get", { id: "denied" }, { connectionName: "second" });
    refused(await failure(call), 403, "authorization_failed", { attempts: 1 });
  },
};

const failed = [];
for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    console.log(`ok ${name}`);
  } catch (error) {
    failed.push(name);
    console.log(`FAILED ${name}\n${error.stack}`);
  }
}
process.exitCode = failed.length === 0 ? 0 : 1;

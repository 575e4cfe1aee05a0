// The catalog, search, apps and health, and what the paths between them answer.

import assert from "node:assert/strict";

import { UUID, failure, gateway, hosted, open, raw, refused, tokens } from "./harness.mjs";

export const catalog = {
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
      assert.equal(action.name, "things.create");
      assert.equal(action.description, "Puts a thing onto the shelf.");
      assert.deepEqual([action.requiredScopes, action.providerPermissions], [[], []]);
      assert.equal(action.inputSchema.type, "object");
      assert.equal(typeof action.outputSchema, "object");
      assert.deepEqual(action.execution, {
        locallyExecutable: true,
        catalogOnly: false,
        requiredAuthTypes: ["api_key", "custom_credential"],
        noAuthRunnable: false,
        needsCredential: true,
      });
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
      const icon = await fetch(provider.iconUrl);
      assert.equal(icon.status, 200);
      assert.equal(icon.headers.get("content-type"), "image/svg+xml");
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
    for (const limit of [0, 51, -1, 1.5, "ten"]) {
      const error = await failure(() => ids("list", { limit }));
      refused(error, 400, "invalid_input", { data: [{ param: "limit", message: "must be an integer from 1 to 50" }] });
    }
    assert.ok((await ids("things", { limit: 50 })).length > 0);
    for (const words of ["", "   ", "x".repeat(257), "你".repeat(257)]) {
      const error = await failure(() => ids(words));
      refused(error, 400, "invalid_input", { data: [{ param: "q", message: "must have 1 to 256 characters" }] });
    }
    assert.deepEqual(await ids("你".repeat(256)), []);
    assert.deepEqual((await raw("/v1/actions/search?query=create+things&limit=1")).data[0].id, "local.things.create");
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
      assert.equal(second.authType, "api_key");
      assert.equal(second.displayName, "Local");
      assert.equal(second.accountLabel, null);
      assert.deepEqual(second.scopes, []);
    }
    const { apps } = open();
    assert.equal((await apps.listByService("local")).length, 2);
    refused(await failure(() => apps.listByService("lokal")), 404, "unknown_service");
    assert.deepEqual(await apps.authenticated(["free", "nope", "local"]), ["free", "local"]);
    assert.deepEqual(await apps.authenticated([]), []);
    assert.deepEqual((await hosted({ team: "acme" }).apps.list()).length, 2);
  },
  async "lists are bare, and a connection's name is an alias on the wire"() {
    for (const path of ["/v1/apps", "/v1/apps/services/local", "/v1/providers", "/v1/actions", "/v1/actions?service=local"]) {
      const { data, meta } = await raw(path);
      assert.ok(Array.isArray(data) && data.length > 0, path);
      assert.deepEqual(meta, {});
    }
    for (const app of (await raw("/v1/apps")).data) {
      assert.equal(typeof app.alias, "string");
      assert.ok(!("connectionName" in app));
    }
    assert.deepEqual((await raw("/v1/actions")).data, [{ service: "local" }, { service: "free" }]);
    assert.deepEqual((await raw("/v1/apps/authenticated?service=local&service=free&service=local")).data, ["local", "free"]);
  },
  async "the gateway says that it is well, to whoever asks"() {
    const health = await open({ runtimeToken: undefined }).health();
    assert.deepEqual(health, { ok: true, runtime: "plugwright" });
  },
  async "what a token may not do is not shown and not done"() {
    const reader = hosted({ apiKey: tokens.reader });
    const ids = (await reader.catalog.actions("local")).map(({ id }) => id);
    assert.ok(!ids.includes("local.things.create"), ids);
    refused(await failure(() => reader.catalog.action("local.things.create")), 404, "unknown_action");
    const write = () => reader.execute("local.things.create", { name: "x" });
    refused(await failure(write), 403, "action_not_allowed", { attempts: 1 });
    const proxy = () => reader.proxy("local", { endpoint: "/things", method: "GET" });
    refused(await failure(proxy), 403, "proxy_not_allowed", { attempts: 1 });
  },
  // What no method of the client asks, but its dialect has.
  async "a path that is not there is answered in the dialect"() {
    const get = async (path, options) => {
      const { status, errorCode } = await raw(path, options);
      return `${status} ${errorCode}`;
    };
    assert.equal(await get("/v1/apps/x"), "404 not_found");
    assert.equal(await get("/v1/apps/nothing/at/all"), "404 not_found");
    assert.equal(await get("/v1/apps", { method: "DELETE" }), "405 method_not_allowed");
    assert.equal(await get("/v1/actions/%ff"), "400 invalid_input");
    for (const body of ["{", "[1]", "7", "null"]) {
      assert.equal(await get("/v1/actions/local.things.list", { method: "POST", body }), "400 invalid_json");
    }
    // None of these is led elsewhere.
    for (const path of ["/v1/actions/", "/v1//actions", "/v1/actions/local.things.list/", "/v1"]) {
      assert.equal((await raw(path)).status, 404, path);
    }
  },
  async "an action's metadata is sent again only when it has changed"() {
    const url = `${gateway}/v1/actions/local.things.list`;
    const authorization = `Bearer ${tokens.full}`;
    const first = await fetch(url, { headers: { authorization } });
    await first.text();
    const etag = first.headers.get("etag");
    const again = await fetch(url, { headers: { authorization, "if-none-match": etag } });
    assert.equal(again.status, 304);
    assert.equal(again.headers.get("cache-control"), "private, no-cache");
  },
};

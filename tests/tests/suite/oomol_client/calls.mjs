// Calls of actions: what comes back, which connection is used, options, keys.

import assert from "node:assert/strict";

import { THING } from "./things.mjs";
import { UUID, asked, failure, hosted, open, post, refused, sent, shown, tokens } from "./harness.mjs";

export const calls = {
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
    const error = await failure(() => of(hosted({ apiKey: tokens.reader, team: "acme" })));
    refused(error, 403, "connection_not_allowed", { attempts: 1 });
  },

  async "an organization has both names of the header"() {
    const body = { input: { id: "who" } };
    for (const header of ["x-oo-team-name", "x-oo-organization-name"]) {
      assert.equal((await post("local.things.get", body, { [header]: "acme" })).data.account, "acme", header);
      // An empty one is none.
      assert.equal((await post("local.things.get", body, { [header]: "" })).data.account, "default", header);
    }
  },
  async "what was said last and nearest chooses the connection"() {
    const scope = hosted({ connectionName: "first", team: "acme" }).using({ connectionName: "nope", team: "default" });
    const call = await scope.execute("local.things.get", { id: "who" }, { connectionName: "second" });
    assert.equal(call.account, "second");
  },
  async "the name of a connection is looked for in the body, the headers, the query"() {
    const of = async (body, headers, query = "") =>
      (await post(`local.things.get${query}`, { input: { id: "who" }, ...body }, headers)).data.account;
    const second = { "x-oo-connector-alias": "second" };
    assert.equal(await of({}, second), "second");
    assert.equal(await of({ alias: "first" }, second), "default");
    assert.equal(await of({ connectionName: "second", alias: "first" }), "second");
    assert.equal(await of({}, { ...second, "x-oomol-connector-alias": "first" }), "default");
    assert.equal(await of({}, {}, "?alias=second"), "second");
    assert.equal(await of({}, {}, "?alias=first&connectionName=second"), "second");
    assert.equal(await of({}, second, "?connectionName=first"), "second");
  },
  async "a body that does not say that it is JSON is refused, and no empty input"() {
    const answer = await post("local.things.list", "{\"input\": 7}", { "content-type": "text/plain" });
    assert.equal(answer.success, false);
    assert.equal(answer.errorCode, "invalid_json");
    const empty = await post("local.things.list", "", { "content-type": "text/plain" });
    assert.deepEqual(empty.data, [THING]);
  },

  // What only requests without the client can say.
  async "options say how a call is made"() {
    await asked();
    const plan = await post("local.things.create", { input: { name: "x" }, options: { mode: "dryRun" } });
    assert.equal(plan.success, true, JSON.stringify(plan));
    const mock = await post("local.things.create", { input: { name: "x" }, options: { mode: "mock" } });
    assert.equal(mock.success, true, JSON.stringify(mock));
    assert.deepEqual(await asked(), {});
    const fields = await post("local.things.create", { input: { name: "x" }, options: { fields: ["name"], raw: true } });
    assert.deepEqual(fields.data, { name: "x" });
    assert.ok(fields.meta.raw);
    const options = { headers: { "X-Trace": "t2", "If-None-Match": "\"1\"" } };
    const traced = await post("local.things.get", { input: { id: "trace" }, options });
    assert.equal(traced.data.trace, "t2");
    const id = (await hosted().apps.list()).find(({ connectionName }) => connectionName === "second").id;
    const byId = await post("local.things.get", { input: { id: "who" }, options: { connectionId: id } });
    assert.equal(byId.data.account, "second");
  },
  async "an option that is not as it must be is named as the caller wrote it"() {
    const faults = async (options, input = { id: "1" }) => {
      const answer = await post("local.things.get", { input, options });
      assert.equal(`${answer.status} ${answer.errorCode}`, "400 invalid_input");
      return answer.data.map(({ param }) => param);
    };
    assert.deepEqual(await faults({ timeoutMs: 0 }), ["options.timeoutMs"]);
    assert.deepEqual(await faults({ timeoutMs: 86_400_000 }), ["options.timeoutMs"]);
    assert.deepEqual(await faults({ cursor: "forged" }), ["options.cursor"]);
    assert.deepEqual(await faults({ retries: 6, mode: "dry", timeout: 1 }), ["options.timeout", "options.retries", "options.mode"]);
    assert.deepEqual(await faults({ timeoutMs: 86_400_000, cursor: "forged" }, { ids: "1" }), [
      "options.timeoutMs",
      "options.cursor",
      "ids",
      "id",
    ]);
    assert.deepEqual(await faults({ connectionId: "second" }), ["options.connectionId"]);
    const headers = { "a b": "1", "a\r\nb": "1", "": "1", "x-a": "1\r\nx-b: 2", "x-c": "\u0000", "x-d": "\u007f", "x-e": 1, Host: "h" };
    const named = Object.keys(headers).map((name) => `options.headers.${shown(name)}`);
    assert.deepEqual((await faults({ headers })).sort(), named.sort());
    const data = (await post("local.things.list", { options: { fields: "name" } })).data;
    assert.deepEqual(data.map(({ param }) => param), ["options.fields"]);
  },
  async "a key makes a call happen once"() {
    await asked();
    const create = (name, key) => post("local.things.create", { input: { name } }, { "idempotency-key": key });
    const first = await create("once", "k1");
    const again = await create("once", " k1 ");
    assert.equal(again.meta.replayed, true);
    assert.deepEqual(again.data, first.data);
    assert.equal(again.meta.executionId, first.meta.executionId);
    assert.equal((await create("other", "k1")).errorCode, "idempotency_key_conflict");
    assert.equal((await asked())["POST /things"], 1);
    // Another token has keys of its own, and what it may not do is said before any key is looked at.
    const reader = await post("local.things.create", { input: { name: "other" } }, { "idempotency-key": "k1" }, tokens.reader);
    assert.equal(`${reader.status} ${reader.errorCode}`, "403 action_not_allowed");
    for (const key of ["", "k".repeat(256)]) {
      const answer = await create("x", key);
      assert.equal(`${answer.status} ${answer.errorCode}`, "400 invalid_input");
      assert.equal(answer.data[0].param, "Idempotency-Key");
    }
    assert.equal((await create("x", "k".repeat(255))).success, true);
  },
  async "a call that comes while one with its key runs is told so, and not sent"() {
    await asked();
    const client = hosted({ maxRetries: 2, headers: { "idempotency-key": "k2" } });
    const call = () => client.executeRaw("local.things.create", { name: "slow" });
    const first = call();
    await new Promise((resolve) => setTimeout(resolve, 500));
    refused(await failure(call), 409, "idempotency_request_in_progress", { attempts: 1 });
    const { data, executionId } = await first;
    const again = await call();
    assert.deepEqual(again.data, data);
    assert.equal(again.executionId, executionId);
    assert.equal((await asked())["POST /things"], 1);
  },

  // What the clients send, which is what the gateway takes everywhere else.
  async "requests have the headers of the contract"() {
    const last = async (call) => {
      await call();
      return sent.at(-1);
    };
    const own = hosted({ team: "acme", connectionName: "first" });
    const execute = await last(() => own.execute("local.things.list"));
    assert.deepEqual(execute, {
      method: "POST",
      path: "/v1/actions/local.things.list",
      headers: {
        accept: "application/json",
        authorization: `Bearer ${tokens.full}`,
        "content-type": "application/json",
        "user-agent": "@oomol-lab/connector/1.0.0",
        "x-oo-connector-alias": "first",
        "x-oo-team-name": "acme",
      },
      body: "{}",
    });
    const list = await last(() => own.apps.list());
    assert.equal(list.headers["x-oo-connector-alias"], "first");
    assert.equal(list.headers["content-type"], undefined);
    const empty = await last(() => hosted({ connectionName: "" }).execute("local.things.list"));
    assert.equal(empty.headers["x-oo-connector-alias"], "");

    const client = open({ connectionName: "second" });
    assert.equal((await last(() => client.execute("local.things.list"))).headers["x-oo-connector-alias"], "second");
    const get = { endpoint: "/things", method: "GET" };
    assert.equal((await last(() => client.proxy("local", get))).headers["x-oo-connector-alias"], "second");
    for (const call of [() => client.apps.list(), () => client.catalog.providers(), () => client.health()]) {
      assert.equal((await last(call)).headers["x-oo-connector-alias"], undefined);
    }
    const anonymous = await last(() => open({ runtimeToken: undefined }).health());
    assert.equal(anonymous.headers.authorization, undefined);
  },
  async "a name that no header can have never leaves the client"() {
    for (const name of ["a\r\nx-oo-team-name: acme", "a\nb"]) {
      for (const call of [
        () => hosted({ team: name }).execute("local.things.list"),
        () => hosted().execute("local.things.list", {}, { connectionName: name }),
        () => open({ connectionName: name }).execute("local.things.list"),
      ]) {
        const error = await failure(call);
        assert.equal(`${error.status} ${error.code}`, "0 client_invalid_request");
        assert.equal(error.attempts, 0);
      }
    }
    const error = await failure(() => hosted({ team: "团队" }).execute("local.things.list"));
    assert.equal(`${error.status} ${error.code}`, "0 client_network_error");
    // Latin-1 does travel, and is no name of an organization.
    refused(await failure(() => hosted({ team: "é" }).execute("local.things.list")), 400, "invalid_input");
  },
};

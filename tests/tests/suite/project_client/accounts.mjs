// Accounts that are connected by keys and values, and what becomes of them.

import assert from "node:assert/strict";

import { UUID, acme, client, globex, place, raw, refused } from "./harness.mjs";
import { Person } from "./person.mjs";

const project = client();
const extra = { base_url: place.mail };
const mail = (more) => ({ service: "mail", apiKey: "key-of-ada", extra, ...more });
const crm = (more) => ({
  providerConfigId: acme.configs.crm, values: { email: "ada@example.com", token: "token-of-ada", base_url: place.mail }, ...more,
});

export const accounts = {
  "a key connects an account at once": async () => {
    const account = await project.connect.apiKey("user_1", mail({ connectionName: "home" }));
    assert.match(account.id, UUID);
    assert.deepEqual(
      { ...account, createdAt: typeof account.createdAt, updatedAt: typeof account.updatedAt },
      {
        id: account.id,
        connectedAccountId: account.id,
        projectId: acme.id,
        providerConfigId: acme.configs.mail,
        externalUserId: "user_1",
        connectionName: "home",
        appId: account.appId,
        status: "active",
        available: true,
        service: "mail",
        providerAccountId: "ada",
        accountLabel: "ada@example.com",
        createdAt: "number",
        updatedAt: "number",
      },
    );
    assert.ok(Math.abs(account.createdAt - Date.now()) < 5_000);
    const { account: who } = await project.execute("user_1", "mail.messages.list", {}, { connectionName: "home" });
    assert.equal(who, "ada");
  },

  "values connect an account at once": async () => {
    const account = await project.connect.customCredential("user_1", crm());
    assert.equal(account.connectionName, "default");
    assert.equal(account.service, "crm");
    assert.equal(account.available, true);
    assert.equal((await project.execute("user_1", "crm.deals.list", {})).account, "ada");
  },

  "the same account without another name is the same, and a name is used once": async () => {
    const again = await project.connect.apiKey("user_1", mail());
    assert.equal(again.connectionName, "home");
    await refused(project.connect.apiKey("user_1", mail({ connectionName: "home" })), 409, "connection_alias_conflict");
    const grace = await project.connect.apiKey("user_1", mail({ apiKey: "key-of-grace" }));
    assert.equal(grace.connectionName, "default");
    assert.notEqual(grace.id, again.id);
  },

  "an id counts before a name, and without both the latest account": async () => {
    const list = async (options) => (await project.execute("user_1", "mail.messages.list", {}, options)).account;
    const { data } = await raw("GET", "/connected-accounts?userId=user_1&service=mail");
    const [grace, ada] = data;
    assert.deepEqual([grace.alias, ada.alias], ["default", "home"]);
    assert.equal(await list(), "grace");
    assert.equal(await list({ connectionName: "home" }), "ada");
    assert.equal(await list({ connectedAccountId: ada.id }), "ada");
    assert.equal(await list({ connectedAccountId: ada.id, connectionName: "default" }), "ada");
    assert.equal(await list({ providerConfigId: acme.configs.mail }), "grace");
    assert.equal(await list({ service: "mail", connectionName: "home" }), "ada");
  },

  "a client that is bound to a user acts for that user": async () => {
    const user = project.forUser("user_4");
    const account = await user.connect.apiKey(mail({ apiKey: "key-of-lin" }));
    assert.equal(account.externalUserId, "user_4");
    await user.connect.customCredential(crm());
    assert.equal((await user.execute("mail.messages.list", {})).account, "lin");
    const sent = await user.executeRaw("mail.messages.send", { text: "hello" });
    assert.deepEqual([sent.data.account, sent.data.text, sent.actionId], ["lin", "hello", "mail.messages.send"]);
    const request = await user.connect.oauth({ service: "desk" });
    assert.equal(request.externalUserId, "user_4");
    await new Person("lin").answer(request.authorizationUrl, "allow");
    assert.equal((await user.waitForConnection(request.id, { pollIntervalMs: 20 })).status, "connected");
    assert.equal((await user.getConnectionRequest(request.id)).status, "connected");
  },

  "a request for a service without OAuth is finished by a form": async () => {
    const request = await project.connect.oauth("user_5", { service: "mail", connectionName: "form" });
    const page = await new Person("ada").send(request.authorizationUrl, {
      "setting.base_url": place.mail, "credential.token": "key-of-ada",
    });
    assert.equal(page.status, 200);
    const connected = await project.getConnectionRequest(request.id);
    assert.equal(connected.status, "connected");
    assert.equal((await project.execute("user_5", "mail.messages.list", {})).account, "ada");
  },

  "a credential that can't be is refused, and says nothing of what it was": async () => {
    await refused(project.connect.apiKey("user_1", { service: "mail", apiKey: "wrong-of-ada", extra }), 403, "authorization_failed");
    await refused(project.connect.apiKey("user_1", { service: "desk", apiKey: "x" }), 400, "app_auth_type_mismatch");
    await refused(project.connect.customCredential("user_1", { service: "mail", values: {} }), 400, "app_auth_type_mismatch");
    await refused(project.connect.apiKey("user_1", { providerConfigId: acme.configs.crm, apiKey: "x" }), 400, "app_auth_type_mismatch");
    const params = async (call) => (await refused(call, 400, "invalid_input")).data.map((fault) => fault.param).sort();
    assert.deepEqual(await params(project.connect.apiKey("", mail({ apiKey: " ", connectionName: "a/b" }))), ["alias", "apiKey", "userId"]);
    assert.deepEqual(await params(project.connect.apiKey("user_1", mail({ extra: { base: 1, base_url: 2 } }))), ["extra.base", "extra.base_url"]);
    assert.deepEqual(await params(project.connect.apiKey("user_1", mail({ extra: {} }))), ["extra.base_url"]);
    assert.deepEqual(
      await params(project.connect.customCredential("user_1", crm({ values: { mail: "x", token: "" } }))),
      ["values.base_url", "values.email", "values.mail"],
    );
    await refused(project.connect.apiKey("x".repeat(257), mail()), 400, "invalid_input");
    const long = "\u{1F431}".repeat(256);
    assert.equal((await project.connect.apiKey(long, mail())).externalUserId, long);
  },

  "which provider config is meant is said, or asked for": async () => {
    const values = crm().values;
    const error = await refused(project.connect.customCredential("user_1", { service: "crm", values }), 409, "connection_ambiguous");
    assert.ok(error.message.includes(acme.configs.crm) && error.message.includes(acme.configs.crm_other), error.message);
    assert.ok(!error.message.includes(acme.configs.crm_off));
    const off = { providerConfigId: acme.configs.crm_off };
    await refused(project.connect.customCredential("user_1", crm(off)), 409, "app_not_ready");
    await refused(project.execute("user_1", "crm.deals.list", {}, off), 409, "app_not_ready");
    await refused(project.execute("user_1", "crm.deals.list", {}, { providerConfigId: globex.configs.crm }), 404, "provider_config_not_found");
    await refused(project.execute("user_1", "crm.deals.list", {}, { providerConfigId: acme.configs.crm_other }), 404, "connected_account_not_found");
    await refused(project.connect.customCredential("user_1", crm({ providerConfigId: "no id" })), 404, "provider_config_not_found");
  },

  "a call that can't be is refused as it is in the table": async () => {
    const list = (options, action = "mail.messages.list", input = {}) => project.execute("user_1", action, input, options);
    const mismatch = await refused(list({ service: "crm" }), 400, "invalid_input");
    assert.equal(mismatch.data[0].param, "service");
    const config = await refused(list({ providerConfigId: acme.configs.crm }), 400, "invalid_input");
    assert.equal(config.data[0].param, "providerConfigId");
    await refused(list({}, "mail.messages.lost"), 404, "unknown_action");
    await refused(list({ connectionName: "none" }), 404, "connected_account_not_found");
    await refused(list({ connectedAccountId: "none" }), 404, "connected_account_not_found");
    const input = await refused(list({}, "mail.messages.send", { texts: 1 }), 400, "invalid_input");
    assert.match(input.executionId, UUID);
    await refused(list({}, "mail.messages.send", { text: "broken" }), 424, "provider_error");
    await refused(list({}, "mail.messages.send", { text: "cut off" }), 409, "outcome_unknown");
    await refused(list({}, "mail.messages.send", { text: "limited" }), 429, "rate_limited");
    await refused(client({ key: "pw_proj_nobody" }).execute("user_1", "mail.messages.list", {}), 401, "unauthorized");
  },

  "options of a call are as for own connections": async () => {
    const send = (more, headers) =>
      raw("POST", "/actions/mail.messages.send", { userId: "user_4", input: { text: "once" }, ...more }, { headers });
    const plan = await send({ options: { mode: "dryRun" } });
    assert.equal(plan.status, 200, JSON.stringify(plan));
    assert.equal(plan.data.output.requests?.[0]?.method ?? "POST", "POST");
    const first = await send({}, { "idempotency-key": "k1" });
    const second = await send({}, { "idempotency-key": "k1" });
    assert.equal(second.data.executionId, first.data.executionId);
    assert.equal(second.meta.replayed, true);
    assert.deepEqual(Object.keys(first.data).sort(), ["actionId", "executionId", "output"]);
    assert.equal(first.meta.executionId, first.data.executionId);
    const other = await raw(
      "POST", "/actions/mail.messages.send", { userId: "user_1", input: { text: "once" } }, { headers: { "idempotency-key": "k1" } },
    );
    assert.equal(`${other.status} ${other.errorCode}`, "409 idempotency_key_conflict");
    const wrong = await send({ options: { modus: "live" }, inputs: {} });
    assert.deepEqual(wrong.data.map((fault) => fault.param).sort(), ["inputs", "options.modus"]);
  },

  "the provider's API itself is there for a user's account": async () => {
    const ask = (more) => raw("POST", "/proxy/mail", { userId: "user_1", endpoint: "/anything", method: "GET", ...more });
    const answer = await ask({ alias: "home" });
    assert.equal(`${answer.status} ${answer.data?.status}`, "200 200", JSON.stringify(answer));
    assert.equal(answer.data.data.account, "ada");
    assert.equal((await ask()).data.data.account, "grace");
    assert.equal((await ask({ userId: "nobody" })).errorCode, "connected_account_not_found");
    assert.equal((await ask({ path: "/" })).errorCode, "invalid_input");
    assert.equal((await raw("POST", "/proxy/male", { userId: "user_1", endpoint: "/", method: "GET" })).errorCode, "provider_not_found");
  },

  "accounts are listed and read": async () => {
    const { data } = await raw("GET", "/connected-accounts?userId=user_1");
    assert.deepEqual(data.map(({ service, alias }) => `${service} ${alias}`), ["mail default", "crm default", "mail home", "desk work"]);
    const [account] = data;
    assert.deepEqual((await raw("GET", `/connected-accounts/${account.id}`)).data, account);
    assert.deepEqual((await raw("GET", `/connected-accounts/${account.id}?userId=user_1&providerConfigId=${acme.configs.mail}`)).data, account);
    assert.deepEqual((await raw("GET", `/connected-accounts/${account.id}/profile`)).data, {
      connectedAccountId: account.id, externalUserId: "user_1", service: "mail",
      providerAccountId: "grace", accountLabel: "grace@example.com", scopes: [],
    });
    const desk = (await raw("GET", "/connected-accounts?userId=user_1&service=desk")).data[0];
    assert.deepEqual((await raw("GET", `/connected-accounts/${desk.id}/profile`)).data.scopes, ["openid", "desk.read"]);
    assert.deepEqual((await raw("GET", "/connected-accounts?userId=nobody")).data, []);
    assert.equal((await raw("GET", "/connected-accounts")).errorCode, "invalid_input");
  },

  "a credential that the provider no longer takes is asked for again": async () => {
    const list = () => project.execute("user_4", "mail.messages.list", {});
    await fetch(`${place.mail}/withdraw/lin`, { method: "POST" });
    await refused(list(), 403, "authorization_failed");
    // The gateway notes it in the background.
    let account;
    for (let attempt = 0; attempt < 100; attempt += 1) {
      [account] = (await raw("GET", "/connected-accounts?userId=user_4&service=mail")).data;
      if (account.status !== "active") break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.deepEqual([account.status, account.available], ["reauth_required", false]);
    const error = await refused(list(), 409, "credential_expired");
    assert.match(error.message, /must reconnect it/);
    await fetch(`${place.mail}/restore/lin`, { method: "POST" });
    await refused(list(), 409, "credential_expired");
    const again = await project.connect.apiKey("user_4", mail({ apiKey: "key-of-lin" }));
    assert.deepEqual([again.id, again.status, again.available], [account.id, "active", true]);
    assert.equal((await list()).account, "lin");
  },

  "of two accounts the one that works is used": async () => {
    await project.connect.apiKey("user_6", mail({ apiKey: "key-of-ada", connectionName: "older" }));
    await project.connect.apiKey("user_6", mail({ apiKey: "key-of-max", connectionName: "newer" }));
    const list = async () => (await project.execute("user_6", "mail.messages.list", {})).account;
    assert.equal(await list(), "max");
    await fetch(`${place.mail}/withdraw/max`, { method: "POST" });
    await refused(list(), 403, "authorization_failed");
    let who = "max";
    for (let attempt = 0; attempt < 100 && who !== "ada"; attempt += 1) who = await list().catch((error) => error.code);
    assert.equal(who, "ada");
    await refused(project.execute("user_6", "mail.messages.list", {}, { connectionName: "newer" }), 409, "credential_expired");
  },

  "an account that is deleted is gone": async () => {
    const [account] = (await raw("GET", "/connected-accounts?userId=user_1&service=desk")).data;
    const path = `/connected-accounts/${account.id}`;
    assert.equal((await raw("DELETE", path)).errorCode, "invalid_input");
    assert.equal((await raw("DELETE", `${path}?userId=user_2`)).errorCode, "connected_account_not_found");
    const config = `${path}?userId=user_1&providerConfigId=${acme.configs.mail}`;
    assert.equal((await raw("DELETE", config)).errorCode, "connected_account_not_found");
    const gone = await raw("DELETE", `${path}?userId=user_1&providerConfigId=${acme.configs.desk}`);
    assert.deepEqual(gone.data, { connectedAccountId: account.id, deleted: true });
    assert.equal((await raw("GET", path)).errorCode, "connected_account_not_found");
    await refused(project.execute("user_1", "desk.tickets.list", {}), 404, "connected_account_not_found");
    const { revocations } = await (await fetch(`${place.issuer}__events`)).json();
    assert.ok(revocations > 0);
  },

  "what is another project's is as if it were not there": async () => {
    const other = client(globex);
    const [account] = (await raw("GET", "/connected-accounts?userId=user_1")).data;
    const at = (path) => raw("GET", path, undefined, { key: globex.key });
    assert.deepEqual((await at("/connected-accounts?userId=user_1")).data, []);
    const there = { ...(await at(`/connected-accounts/${account.id}`)), meta: null };
    const nowhere = "00000000-0000-4000-8000-000000000000";
    const missing = { ...(await at(`/connected-accounts/${nowhere}`)), meta: null };
    assert.deepEqual(JSON.parse(JSON.stringify(there).replaceAll(account.id, nowhere)), missing);
    await refused(other.getConnectionRequest(acme.expired), 404, "connection_request_not_found");
    await refused(other.getConnectionRequest("no id"), 404, "connection_request_not_found");
    await refused(other.execute("user_1", "mail.messages.list", {}), 404, "connected_account_not_found");
    await refused(other.execute("user_1", "mail.messages.list", {}, { connectedAccountId: account.id }), 404, "connected_account_not_found");
    const gone = await raw("DELETE", `/connected-accounts/${account.id}?userId=user_1`, undefined, { key: globex.key });
    assert.equal(gone.errorCode, "connected_account_not_found");
    // The same name in another project is another user.
    await other.connect.apiKey("user_1", mail({ apiKey: "key-of-zoe", connectionName: "home" }));
    assert.equal((await other.execute("user_1", "mail.messages.list", {})).account, "zoe");
    assert.equal((await project.execute("user_1", "mail.messages.list", {})).account, "grace");
  },

  "a key does what it is granted": async () => {
    const caller = client({ key: acme.caller });
    assert.equal((await caller.execute("user_1", "mail.messages.list", {})).account, "grace");
    await refused(caller.connect.oauth("user_1", { service: "desk" }), 403, "action_not_allowed");
    await refused(caller.connect.apiKey("user_1", mail()), 403, "action_not_allowed");
    const [account] = (await raw("GET", "/connected-accounts?userId=user_1", undefined, { key: acme.caller })).data;
    const gone = await raw("DELETE", `/connected-accounts/${account.id}?userId=user_1`, undefined, { key: acme.caller });
    assert.equal(`${gone.status} ${gone.errorCode}`, "403 action_not_allowed");
    const proxied = { userId: "user_1", endpoint: "/", method: "GET" };
    assert.equal((await raw("POST", "/proxy/mail", proxied, { key: acme.caller })).errorCode, "proxy_not_allowed");
  },

  "a project's key is no other key, and no other key is a project's": async () => {
    const own = async (path, init) => {
      const answer = await fetch(`${place.gateway}/v1${path}`, { ...init, headers: { authorization: `Bearer ${acme.key}`, "content-type": "application/json" } });
      return { status: answer.status, ...(await answer.json()) };
    };
    const call = await own("/actions/mail.messages.list", { method: "POST", body: "{}" });
    assert.equal(`${call.status} ${call.errorCode}`, "403 connection_not_allowed");
    assert.equal((await own("/apps")).errorCode, "connection_not_allowed");
    for (const path of ["/connected-accounts?userId=user_1", `/connection-requests/${acme.expired}`]) {
      const answer = await raw("GET", path, undefined, { key: place.token });
      assert.equal(`${answer.status} ${answer.errorCode}`, "403 connection_not_allowed");
    }
    assert.equal((await raw("GET", "/nothing")).errorCode, "not_found");
  },
};

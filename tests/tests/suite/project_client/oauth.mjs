// Accounts that are connected by OAuth.

import assert from "node:assert/strict";

import { UUID, acme, client, globex, place, raw, refused } from "./harness.mjs";
import { Person } from "./person.mjs";

const project = client();
const RETURN = "https://app.example.com/connected";
const QUICK = { pollIntervalMs: 20, maxWaitMs: 5_000 };

export const oauth = {
  "a person connects an account, and the project acts for her": async () => {
    const asked = Date.now();
    const request = await project.connect.oauth("user_1", { service: "desk", connectionName: "work", returnUri: RETURN });
    assert.match(request.id, UUID);
    assert.equal(request.status, "initiated");
    assert.equal(request.projectId, acme.id);
    assert.equal(request.providerConfigId, acme.configs.desk);
    assert.equal(request.externalUserId, "user_1");
    assert.equal(request.service, "desk");
    assert.equal(request.connectionName, "work");
    assert.equal(request.connectedAccountId, null);
    assert.equal(request.errorCode, null);
    assert.equal(request.errorMessage, null);
    assert.equal(typeof request.createdAt, "number");
    assert.equal(typeof request.updatedAt, "number");
    assert.ok(Math.abs(request.createdAt - asked) < 5_000);
    assert.match(request.expiresAt, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    assert.equal(Date.parse(request.expiresAt) - request.createdAt, 600_000);
    assert.ok(request.authorizationUrl.startsWith(`${place.gateway}/connect/`), request.authorizationUrl);

    const ada = new Person("ada");
    const { text } = await ada.open(request.authorizationUrl);
    assert.match(text, /Acme Support/);
    assert.match(text, /Desk/);
    const waiting = project.waitForConnection(request, QUICK);
    const end = await ada.answer(request.authorizationUrl, "allow");
    const connected = await waiting;
    assert.equal(connected.status, "connected");
    assert.match(connected.connectedAccountId, UUID);
    assert.equal(connected.connectionName, "work");
    assert.equal(`${end.to.origin}${end.to.pathname}`, RETURN);
    assert.deepEqual(Object.fromEntries(end.to.searchParams), {
      status: "success",
      service: "desk",
      providerConfigId: acme.configs.desk,
      externalUserId: "user_1",
      connectedAccountId: connected.connectedAccountId,
    });

    const { account } = await project.execute("user_1", "desk.tickets.list", {});
    assert.equal(account, "ada");
    const answer = await project.executeRaw("user_1", "desk.tickets.list", {}, { connectionName: "work" });
    assert.equal(answer.data.account, "ada");
    assert.match(answer.executionId, UUID);
    assert.equal(answer.actionId, "desk.tickets.list");
    assert.equal(answer.message, "OK");
  },

  "an account of the same provider account is the same account": async () => {
    const ada = new Person("ada");
    const before = await raw("GET", "/connected-accounts?userId=user_1&service=desk");
    const request = await project.connect.oauth("user_1", { service: "desk" });
    assert.equal(request.connectionName, null);
    await ada.answer(request.authorizationUrl, "allow");
    const connected = await project.getConnectionRequest(request.id);
    assert.equal(connected.status, "connected");
    assert.equal(connected.connectedAccountId, before.data[0].id);
    assert.equal(connected.connectionName, "work");
  },

  "without a return address the person is told how it ended": async () => {
    const grace = new Person("grace");
    const request = await project.connect.oauth("user_2", { providerConfigId: acme.configs.desk });
    const end = await grace.answer(request.authorizationUrl, "allow");
    assert.equal(end.status, 200);
    assert.match(end.text, /connected/i);
    const connected = await project.waitForConnection(request.id, QUICK);
    assert.equal(connected.connectionName, "default");
    assert.equal((await project.execute("user_2", "desk.tickets.list", {})).account, "grace");
    assert.equal((await project.execute("user_1", "desk.tickets.list", {})).account, "ada");
  },

  "a person who does not agree leaves no account": async () => {
    const request = await project.connect.oauth("user_3", { service: "desk", returnUri: `${RETURN}?from=desk` });
    const end = await new Person("eve").answer(request.authorizationUrl, "deny");
    const failed = await project.waitForConnection(request, QUICK);
    assert.equal(failed.status, "failed");
    assert.equal(failed.errorCode, "access_denied");
    assert.match(failed.errorMessage, /Desk/);
    assert.equal(failed.connectedAccountId, null);
    assert.deepEqual(Object.fromEntries(end.to.searchParams), {
      from: "desk", status: "error", code: "access_denied", message: failed.errorMessage,
    });
    await refused(project.execute("user_3", "desk.tickets.list", {}), 404, "connected_account_not_found");
  },

  "a person who cancels on our page leaves no account": async () => {
    const request = await project.connect.oauth("user_3", { service: "desk", returnUri: RETURN });
    const end = await new Person("eve").cancel(request.authorizationUrl);
    assert.match(end.text, /code=request_cancelled/);
    const failed = await project.waitForConnection(request, QUICK);
    assert.equal(`${failed.status} ${failed.errorCode}`, "failed request_cancelled");
  },

  "a request whose time is over has expired": async () => {
    const expired = await project.getConnectionRequest(acme.expired);
    assert.equal(expired.status, "expired");
    assert.ok(Date.parse(expired.expiresAt) < Date.now());
    assert.equal((await project.waitForConnection(acme.expired, QUICK)).status, "expired");
  },

  "who waits for a request that nobody finishes waits as long as told": async () => {
    const request = await project.connect.oauth("user_3", { service: "desk" });
    const waiting = project.waitForConnection(request, { pollIntervalMs: 5_000, maxWaitMs: 2_000 });
    await assert.rejects(waiting, { code: "client_wait_timeout" });
  },

  "what the person did not agree to is refused before the provider is asked": async () => {
    const error = await refused(project.execute("user_1", "desk.tickets.create", { subject: "x" }), 403, "scope_missing");
    assert.match(error.message, /desk\.write/);
    assert.match(error.executionId, UUID);
    assert.equal(error.actionId, "desk.tickets.create");
  },

  "a link that can't be is refused, with everything that is wrong": async () => {
    const input = (more) => ({ service: "desk", ...more });
    await refused(project.connect.oauth("user_1", input({ connectionName: "work" })), 409, "connection_alias_conflict");
    await refused(project.connect.oauth("user_1", input({ service: "dusk" })), 404, "provider_not_found");
    await refused(project.connect.oauth("user_1", { service: "free" }), 400, "app_auth_type_mismatch");
    await refused(project.connect.oauth("user_1", { providerConfigId: globex.configs.desk }), 404, "provider_config_not_found");
    const uri = await refused(project.connect.oauth("user_1", input({ returnUri: "https://evil.example.com/" })), 400, "invalid_input");
    assert.equal(uri.data[0].param, "returnUri");
    const answer = await raw("POST", "/connected-accounts/link", {
      userId: "a\u0007", service: "desk", providerConfigId: "x", alias: "a b", returnUri: "/", connectionName: "work",
    });
    assert.equal(`${answer.status} ${answer.errorCode}`, "400 invalid_input");
    const params = answer.data.map((fault) => fault.param).sort();
    assert.deepEqual(params, ["alias", "connectionName", "providerConfigId", "returnUri", "userId"]);
    assert.match(answer.data.find((fault) => fault.param === "connectionName").message, /allowed: userId/);
    const neither = await raw("POST", "/connected-accounts/link", { userId: "user_1" });
    assert.deepEqual(neither.data.map((fault) => fault.param), ["service"]);
  },
};

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
};

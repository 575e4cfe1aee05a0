// What the checks share: clients of two projects, and what answers and errors must be.

import assert from "node:assert/strict";

import { ConnectorError, ProjectConnector } from "@oomol-lab/connector";

/** Where the gateway and the providers are, and the two projects. */
export const place = JSON.parse(process.argv[2]);
export const { acme, globex } = place;

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Answers that were not in order: the client would take them for errors of the network. */
const disorders = [];

const watching = async (url, init) => {
  const answer = await fetch(url, init);
  try {
    await orderly(answer.clone());
  } catch (error) {
    disorders.push(error);
  }
  return answer;
};

/** Checks an answer, whatever it says. */
const orderly = async (answer) => {
  assert.equal(answer.redirected, false);
  assert.equal(answer.headers.get("content-type"), "application/json");
  assert.equal(answer.headers.get("cache-control"), "no-store");
  const body = await answer.json();
  assert.equal(typeof body.success, "boolean", JSON.stringify(body));
  assert.equal(body.success, answer.ok);
  if (!answer.ok) assert.match(body.meta.requestId, UUID);
  assert.doesNotMatch(JSON.stringify(body), /key-of-|token-of-|secret-of-/);
};

/** Makes a client of a project. */
export const client = (project = acme, more = {}) =>
  new ProjectConnector({
    apiKey: project.key, baseUrl: `${place.gateway}/v1`, fetch: watching, maxRetries: 0, timeoutMs: 20_000, ...more,
  });

/** Sends what no method of the client sends. */
export const raw = async (method, path, body, { key = acme.key, headers } = {}) => {
  const own = { authorization: `Bearer ${key}`, ...(body !== undefined && { "content-type": "application/json" }) };
  const answer = await fetch(`${place.gateway}/v1/saas${path}`, {
    method, redirect: "manual", headers: { ...own, ...headers }, body: body === undefined ? undefined : JSON.stringify(body),
  });
  await orderly(answer.clone());
  return { status: answer.status, ...(await answer.json()) };
};

/** Checks that a call fails as it must; returns the error. */
export const refused = async (call, status, code) => {
  const error = await call.then((data) => assert.fail(`no error, but ${JSON.stringify(data)}`), (thrown) => thrown);
  if (error instanceof assert.AssertionError) throw error;
  assert.ok(error instanceof ConnectorError, error);
  assert.equal(`${error.status} ${error.code}`, `${status} ${code}`, error.message);
  assert.match(error.requestId, UUID);
  return error;
};

/** Runs checks in their order, tells of each, and fails if one did. */
export const run = async (...groups) => {
  for (const [name, check] of groups.flatMap((checks) => Object.entries(checks))) {
    try {
      await check();
      if (disorders.length > 0) throw disorders.shift();
      console.log(`ok ${name}`);
    } catch (error) {
      process.exitCode = 1;
      console.log(`FAILED ${name}\n${error.stack}`);
    }
  }
};

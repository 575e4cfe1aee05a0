// What the checks share: clients of one gateway that watch every exchange, and what errors must be.

import assert from "node:assert/strict";

import { Connector, ConnectorError, OpenConnector } from "@oomol-lab/connector";

export const [gateway, upstream, texts] = process.argv.slice(2);

/** Texts of tokens, by name. */
export const tokens = JSON.parse(texts);

export const UUID = /^[0-9a-f-]{36}$/;
const OPTIONS = { maxRetries: 0, timeoutMs: 10_000 };

/** What the clients have sent: method, path with query, headers and body of each request. */
export const sent = [];

/** Sends a request as a client wants it, and sees to what holds for every answer of the gateway. */
const watching = (more) => async (url, init) => {
  const headers = { ...init.headers, ...more };
  const { pathname, search } = new URL(url);
  sent.push({ method: init.method, path: `${pathname}${search}`, headers, body: init.body });
  const answer = await fetch(url, { ...init, headers });
  try {
    await orderly(answer.clone());
  } catch (error) {
    // The client would take it for an error of the network.
    if (error instanceof assert.AssertionError) disorders.push(error);
    else throw error;
  }
  return answer;
};

/** What was wrong with answers that the clients got. */
const disorders = [];

/** Checks an answer, whatever it says: an envelope, no redirect, no 501, a time to wait where one is due. */
const orderly = async (answer) => {
  assert.equal(answer.redirected, false);
  assert.notEqual(answer.status, 501);
  assert.equal(answer.headers.get("content-type"), "application/json");
  const body = await answer.json();
  assert.equal(typeof body.success, "boolean", JSON.stringify(body));
  assert.equal(body.success, answer.ok);
  assert.equal(typeof body.message, "string");
  assert.equal(typeof body.meta, "object");
  if (answer.ok) {
    assert.equal(body.message, "OK");
    assert.ok("data" in body);
    assert.equal(body.errorCode, undefined);
    return;
  }
  assert.match(body.errorCode, /^[a-z_]+$/);
  assert.match(body.meta.requestId, UUID);
  assert.equal(answer.headers.get("x-request-id"), body.meta.requestId);
  assert.equal(answer.headers.get("cache-control"), "no-store");
  if ([429, 503].includes(answer.status)) assert.match(answer.headers.get("retry-after"), /^[1-9][0-9]*$/);
};

/** Makes a client; `headers` are sent with whatever it sends. */
export const hosted = ({ headers, ...more } = {}) =>
  new Connector({ apiKey: tokens.full, baseUrl: `${gateway}/v1`, fetch: watching(headers), ...OPTIONS, ...more });
export const open = ({ headers, ...more } = {}) =>
  new OpenConnector({ runtimeToken: tokens.full, baseUrl: gateway, fetch: watching(headers), ...OPTIONS, ...more });

/** Sends what no method of the clients sends. */
export const raw = async (path, { headers, body, token = tokens.full, ...init } = {}) => {
  const own = { authorization: `Bearer ${token}`, ...(body !== undefined && { "content-type": "application/json" }) };
  const text = typeof body === "string" || body === undefined ? body : JSON.stringify(body);
  const answer = await fetch(`${gateway}${path}`, { redirect: "manual", ...init, headers: { ...own, ...headers }, body: text });
  await orderly(answer.clone());
  return { status: answer.status, headers: answer.headers, ...(await answer.json()) };
};

/** Calls an action with a whole body. */
export const post = (action, body, headers, token) =>
  raw(`/v1/actions/${action}`, { method: "POST", body, headers, token });

/** What the provider was asked, by method and path, since the last time. */
export const asked = async () => (await fetch(`${upstream}/asked`)).json();

/** Lets the provider answer well, so that the gateway does not take it for one that is out of order. */
export const recover = () => hosted().execute("local.things.get", { id: "1" });

/** Runs to an error of the client and returns it, with how many requests that took. */
export const failure = async (call) => {
  const before = sent.length;
  try {
    const data = await call();
    assert.fail(`no error, but ${JSON.stringify(data)}`);
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    return Object.assign(error, { attempts: sent.length - before });
  }
};

/** Checks an error of the gateway; `more` are further members. */
export const refused = (error, status, code, more = {}) => {
  assert.ok(error instanceof ConnectorError, error);
  assert.equal(`${error.status} ${error.code}`, `${status} ${code}`, error.message);
  assert.match(error.requestId, UUID);
  for (const [name, value] of Object.entries(more)) assert.deepEqual(error[name], value, name);
};

/** A text as messages repeat it: no control character gets through. */
export const shown = (text) => text.replace(/[\r\n]/g, "\uFFFD");

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

// The provider's API itself.

import assert from "node:assert/strict";

import { asked, failure, hosted, open, raw, recover, refused, shown, upstream } from "./harness.mjs";

export const proxy = {
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
    for (const endpoint of ["/../x", "/a/%2e%2e/x", "//example.com/x", "/a\\b", "/a#b", "/a b", "/a\r\nb", "x", ""]) {
      refused(await proxy({ endpoint, method: "GET" }), 400, "invalid_input", { attempts: 1 });
    }
    refused(await proxy({ endpoint: "/x", method: "get" }), 400, "invalid_input");
    refused(await proxy({ endpoint: "/x", method: "GET", query: [] }), 400, "invalid_input");
    refused(await proxy({ endpoint: "/x", method: "GET", query: { a: { b: 1 } } }), 400, "invalid_input");
    refused(await proxy({ endpoint: "/x", method: "GET", body: "x" }), 400, "invalid_input");
    refused(
      await proxy({ endpoint: "/x", method: "GET", headers: { Authorization: "x" } }),
      400,
      "invalid_input",
      { data: [{ param: "headers.Authorization", message: "can't be set: the gateway or the connection sets it" }] },
    );
    const elsewhere = await proxy({ endpoint: "https://example.com/x", method: "GET" });
    assert.ok([400, 403].includes(elsewhere.status), `${elsewhere.status} ${elsewhere.code}`);
    assert.equal(elsewhere.attempts, 1);
    refused(await proxy({ endpoint: "/x", method: "GET" }, "lokal"), 404, "unknown_service", { attempts: 1 });
  },
  async "headers that no request may have are refused by name"() {
    await asked();
    const headers = {
      "x-crlf": "a\r\nx-more: b",
      "x-cr": "a\rb",
      "x-lf": "a\nb",
      "x-nul": "a\u0000b",
      "x-del": "a\u007fb",
      "x-number": 1,
      "a b": "1",
      "a:b": "1",
      "a\r\nb": "1",
      "": "1",
      ...Object.fromEntries(
        ["Connection", "Content-Length", "Cookie", "HOST", "Proxy-Authorization", "TE", "Transfer-Encoding", "Upgrade"].map(
          (name) => [name, "x"],
        ),
      ),
    };
    const error = await failure(() => open().proxy("local", { endpoint: "/echo", method: "POST", headers }));
    refused(error, 400, "invalid_input", { attempts: 1 });
    const named = Object.keys(headers).map((name) => `headers.${shown(name)}`);
    assert.deepEqual(error.data.map(({ param }) => param).sort(), named.sort());
    const foreign = await failure(() => open().proxy("local", { endpoint: "/echo", method: "POST", headers: { "x-trace": "你" } }));
    refused(foreign, 400, "invalid_input", { data: [{ param: "headers.x-trace", message: "must be visible ASCII" }] });
    assert.deepEqual(await asked(), {});
  },
  async "every method reaches the provider, by path or by URL"() {
    await asked();
    for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
      for (const client of [hosted(), open()]) {
        assert.equal((await client.proxy("local", { endpoint: "/method", method })).data.method, method);
        assert.equal((await client.proxy("local", { endpoint: `${upstream}/method`, method })).data.method, method);
      }
    }
    const head = await raw("/v1/proxy/local", { method: "POST", body: { endpoint: "/method", method: "HEAD" } });
    assert.equal(head.data.status, 200);
    assert.equal(head.data.data, null);
    assert.equal(head.meta.service, "local");
    assert.deepEqual(await asked(), {
      "DELETE /method": 4,
      "GET /method": 4,
      "HEAD /method": 1,
      "PATCH /method": 4,
      "POST /method": 4,
      "PUT /method": 4,
    });
  },
  async "bodies travel as what they are"() {
    const post = async (body) => (await hosted().proxy("local", { endpoint: "/body", method: "POST", body })).data;
    assert.deepEqual(await post("plain text"), { kind: "text/plain; charset=utf-8", text: "plain text" });
    assert.deepEqual(await post([1, { a: "ü" }]), { kind: "application/json", text: "[1,{\"a\":\"ü\"}]" });
    assert.deepEqual(await post(undefined), { kind: null, text: "" });
    const get = (endpoint) => hosted().proxy("local", { endpoint, method: "GET" });
    assert.equal((await get("/text")).data, "only text");
    const bytes = await get("/bytes");
    assert.equal(bytes.bodyEncoding, "base64");
    assert.deepEqual([...Buffer.from(bytes.data, "base64")], [0, 159, 146, 150]);
  },
  async "a provider that hangs is a timeout: a read is tried again, a write is in doubt"() {
    await asked();
    const hang = (method) => failure(() => open({ maxRetries: 1 }).proxy("local", { endpoint: "/hang", method }));
    refused(await hang("GET"), 504, "proxy_upstream_timeout", { attempts: 2 });
    await recover();
    refused(await hang("POST"), 409, "outcome_unknown", { attempts: 1 });
    assert.deepEqual(await asked(), { "GET /hang": 2, "GET /things/1": 1, "POST /hang": 1 });
    await recover();
  },
  async "a proxied read without an answer is tried again, a write is not"() {
    const proxy = (method, endpoint, body) =>
      failure(() => open({ maxRetries: 2 }).proxy("local", { endpoint, method, body }));
    const write = await proxy("POST", "/things", { name: "cut off" });
    refused(write, 409, "outcome_unknown", { attempts: 1 });
    await recover();
    refused(await proxy("GET", "/cut-off"), 502, "proxy_upstream_error", { attempts: 3 });
    await recover();
  },
  async "an answer that is too large is an error and not asked for again"() {
    await asked();
    const large = (method) => failure(() => open({ maxRetries: 2 }).proxy("local", { endpoint: "/large", method }));
    refused(await large("GET"), 413, "proxy_response_too_large", { attempts: 1 });
    assert.deepEqual(await asked(), { "GET /large": 1 });
    await recover();
  },
};

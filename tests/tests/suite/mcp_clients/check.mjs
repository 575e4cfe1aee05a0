// Lists and calls actions as tools, with the client of a package: node check.mjs PACKAGE PLAN.
//
// PLAN is a file with where the gateway is, how it is started on standard input and output, and what
// calls of recorded actions must give. Clients validate structured content by the tools' schemas.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const [name, file] = process.argv.slice(2);
const plan = JSON.parse(readFileSync(file, "utf8"));

const LIBRARIES = {
  "@modelcontextprotocol/sdk": async () => ({
    ...(await import("@modelcontextprotocol/sdk/client/index.js")),
    ...(await import("@modelcontextprotocol/sdk/client/streamableHttp.js")),
    ...(await import("@modelcontextprotocol/sdk/client/stdio.js")),
    options: {},
    version: "2025-11-25",
  }),
  "@modelcontextprotocol/client": async () => ({
    ...(await import("@modelcontextprotocol/client")),
    ...(await import("@modelcontextprotocol/client/stdio")),
    options: { versionNegotiation: { mode: "auto" } },
    version: "2026-07-28",
  }),
};
const library = await LIBRARIES[name]();

const connect = async (transport) => {
  const client = new library.Client({ name: "check", version: "1.0.0" }, library.options);
  await client.connect(transport);
  return client;
};

const overHttp = (query, token) =>
  new library.StreamableHTTPClientTransport(new URL(`${plan.url}/mcp${query}`), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
  });

/** Puts a recording into the provider. */
const play = async (recording) => (await fetch(`${plan.provider}/-/play/${recording}`)).json();

/** Takes the bytes of files out, which come as content of their own. */
const withoutBytes = (value) => {
  if (Array.isArray(value)) return value.map(withoutBytes);
  if (value === null || typeof value !== "object") return value;
  const isFile = typeof value.size === "number" && String(value.content).startsWith("data:");
  const members = Object.entries(value).filter(([key]) => !isFile || key !== "content");
  return Object.fromEntries(members.map(([key, member]) => [key, withoutBytes(member)]));
};

/** Calls every recorded action as a tool of its own. */
const callTools = async (client) => {
  const { tools } = await client.listTools();
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  assert.equal(tools.length, plan.tools);
  for (const tool of tools) {
    assert.equal(tool.inputSchema.type, "object", tool.name);
    assert.equal(tool.outputSchema.type, "object", tool.name);
    assert.equal(typeof tool.annotations.readOnlyHint, "boolean", tool.name);
  }
  for (const call of plan.calls) {
    assert.ok(byName.has(call.tool), call.tool);
    await play(call.name);
    const result = await client.callTool({ name: call.tool, arguments: call.input });
    if (call.error) {
      assert.equal(result.isError, true, call.name);
      assert.ok(result.content[0].text.startsWith(`${call.error}:`), result.content[0].text);
      assert.equal(result.structuredContent, undefined);
    } else {
      assert.ok(!result.isError, `${call.name}: ${result.content[0].text}`);
      const { structuredContent: structured } = result;
      const { properties } = byName.get(call.tool).outputSchema;
      const data = Array.isArray(call.expected) ? structured.items : properties?.result ? structured.result : structured;
      assert.deepEqual(data, withoutBytes(call.expected), call.name);
    }
    console.log(`ok ${call.name}`);
  }
};

/** Finds an action, reads what it takes and runs it. */
const discover = async (client) => {
  const { tools } = await client.listTools();
  const names = tools.map((tool) => tool.name);
  assert.deepEqual(names, ["search_actions", "describe_action", "run_action", "list_connections"]);
  const use = async (tool, input) => {
    const result = await client.callTool({ name: tool, arguments: input });
    assert.ok(!result.isError, result.content[0].text);
    return result.structuredContent;
  };
  const { discovery } = plan;
  const { actions } = await use("search_actions", { query: discovery.words, limit: 3 });
  assert.ok(actions.some(({ action }) => action === discovery.action), JSON.stringify(actions));
  const described = await use("describe_action", { action: discovery.action });
  assert.deepEqual(described.input.required, Object.keys(discovery.input));
  const { connections } = await use("list_connections", {});
  assert.equal(connections.length, 1);
  await play(discovery.name);
  const done = await use("run_action", { action: discovery.action, input: discovery.input });
  assert.deepEqual(done, discovery.expected);
  console.log("ok discovery");
};

const withTools = await connect(overHttp("?tools=github.*", plan.token));
assert.equal(withTools.getServerVersion().name, "plugwright");
await callTools(withTools);
await withTools.close();

const byDefault = await connect(overHttp("", plan.token));
await discover(byDefault);
await byDefault.close();

await assert.rejects(connect(overHttp("", "pw_of-nobody")));
console.log("ok refused");

if (plan.stdio) {
  const child = await connect(new library.StdioClientTransport(plan.stdio));
  await callTools(child);
  await child.close();
}

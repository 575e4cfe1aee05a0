// Turns an issue into what a team makes of it: node task.mjs HOW CONTEXT, where HOW is `client`, `mcp` or
// `command-line`. Prints what came of each call.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const [how, file] = process.argv.slice(2);
const { url, token, binary, environment, issue: given } = JSON.parse(readFileSync(file, "utf8"));

/** Ways to call an action. */
const ways = {
  async client() {
    const { Connector } = await import("@oomol-lab/connector");
    const client = new Connector({ apiKey: token, baseUrl: `${url}/v1` });
    return (action, input) => client.execute(action, input);
  },

  async mcp() {
    const { Client } = await import("@modelcontextprotocol/sdk/client/index.js");
    const { StreamableHTTPClientTransport } = await import("@modelcontextprotocol/sdk/client/streamableHttp.js");
    const client = new Client({ name: "task", version: "1.0.0" });
    const headers = { authorization: `Bearer ${token}` };
    await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp?tools=github.issues.get,slack.messages.send,notion.pages.create,google-calendar.events.create`), { requestInit: { headers } }));
    const { tools } = await client.listTools();
    const names = new Set(tools.map(({ name }) => name));
    return async (action, input) => {
      const name = action.replaceAll(/[.-]/g, "_");
      if (!names.has(name)) throw new Error(`no tool ${name}: ${[...names]}`);
      const result = await client.callTool({ name, arguments: input });
      if (result.isError) throw new Error(result.content[0].text);
      return result.structuredContent;
    };
  },

  async "command-line"() {
    const env = { ...process.env, ...environment, PLUGWRIGHT_GATEWAY: url, PLUGWRIGHT_TOKEN: token };
    return async (action, input) => {
      const arguments_ = ["run", action, "--input", JSON.stringify(input), "--output", "json"];
      return JSON.parse(execFileSync(binary, arguments_, { env, encoding: "utf8" }));
    };
  },
};

const call = await ways[how]();
const issue = await call("github.issues.get", given);
const message = await call("slack.messages.send", {
  channel: "C1H9RESGL",
  text: `${issue.title}: ${given.repo}#${issue.number}`,
});
const page = await call("notion.pages.create", {
  title: issue.title,
  parent_page_id: "c1218692-102d-4b47-ab38-c21900b3557b",
  markdown: issue.body,
});
const event = await call("google-calendar.events.create", {
  summary: issue.title,
  description: `${given.repo}#${issue.number}: ${issue.body}`,
  start: "2030-03-12T09:00:00+01:00",
  end: "2030-03-12T10:30:00+01:00",
});
console.log(JSON.stringify({ issue, message, page, event }));
process.exit();

// Runs what it is told, expression by expression, and tells what each returned or threw.

import { createInterface } from "node:readline";

import { Connector, ConnectorError, OpenConnector, ProjectConnector, isRetryable } from "@oomol-lab/connector";

const { url, token, given } = JSON.parse(process.argv[2]);

const options = { apiKey: token, baseUrl: `${url}/v1` };
const known = {
  Connector,
  OpenConnector,
  ProjectConnector,
  options,
  given,
  client: new Connector(options),
  open: new OpenConnector({ baseUrl: url, runtimeToken: token }),
  project: new ProjectConnector(options),
};

const AsyncFunction = (async () => {}).constructor;

for await (const line of createInterface({ input: process.stdin })) {
  let told;
  try {
    const run = new AsyncFunction(...Object.keys(known), `return (${JSON.parse(line)});`);
    told = { data: (await run(...Object.values(known))) ?? null };
  } catch (error) {
    const { name, code, status, message, actionId, executionId, requestId, data } = error;
    const own = error instanceof ConnectorError;
    told = { error: { name, ...(own && { code, status, message, actionId, executionId, requestId, data, retryable: isRetryable(error) }) } };
  }
  console.log(JSON.stringify(told));
}

// Runs functions as Nango's runner does: a line of standard input is a call, a line of standard output its result.
// Nango's server is not here. It would keep the token, and repeat requests: here the token is added, and nothing is
// repeated.

import { createInterface } from "node:readline";

import { InvalidActionInputSDKError, InvalidActionOutputSDKError, NangoActionBase, validateData } from "@nangohq/runner-sdk";
import { build } from "esbuild";
import * as z from "zod";

const [url, token] = process.argv.slice(2);

class Runner extends NangoActionBase {
  async proxy({ method, endpoint, params = {}, data }) {
    const target = new URL(url + endpoint);
    for (const [name, value] of Object.entries(params)) {
      target.searchParams.set(name, value);
    }
    const response = await fetch(target, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: data && JSON.stringify(data),
    });
    const answer = { status: response.status, data: await response.json() };
    if (!response.ok) {
      const error = new Error(`Request failed with status code ${response.status}`);
      throw Object.assign(error, { response: answer });
    }
    return answer;
  }

  log() {}
}

const schema = (type) => z.toJSONSchema(type, { target: "draft-7", unrepresentable: "any" });

const check = (Refusal, name, type, data) => {
  const definitions = { [name]: schema(type) };
  const faults = validateData({ version: "1", input: data, modelName: name, jsonSchema: { definitions } });
  if (faults !== true) {
    throw new Refusal({ data, validation: faults, model: name });
  }
};

const nango = new Runner({ team: { id: 1, name: "team" }, runnerFlags: {}, scriptType: "action" });
const load = async (name) => {
  await build({
    entryPoints: [`${name}.ts`],
    outfile: `built/${name}.mjs`,
    format: "esm",
    platform: "node",
    bundle: true,
    packages: "external",
    alias: { nango: "@nangohq/runner-sdk" },
    logLevel: "error",
  });
  return (await import(new URL(`built/${name}.mjs`, import.meta.url))).default;
};

for await (const line of createInterface({ input: process.stdin })) {
  const { name, input } = JSON.parse(line);
  let result;
  try {
    const action = await load(name);
    check(InvalidActionInputSDKError, `${name}_input`, action.input, input);
    const output = await action.exec(nango, input);
    check(InvalidActionOutputSDKError, `${name}_output`, action.output, output);
    result = { failed: false, text: JSON.stringify(output) };
  } catch (error) {
    result = { failed: true, text: JSON.stringify({ message: error.message, payload: error.payload }) };
  }
  console.log(JSON.stringify(result));
}

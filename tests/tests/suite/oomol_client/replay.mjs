// Drives the published client against a gateway whose GitHub answers as it did when it was recorded:
// `node replay.mjs GATEWAY UPSTREAM {"full": TOKEN, "recordings": FILE}`.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { UUID, failure, hosted, open, post, refused, run, tokens, upstream } from "./harness.mjs";

const recordings = JSON.parse(await readFile(tokens.recordings));

const play = async (name) => (await fetch(`${upstream}/-/play/${name}`)).json();
const left = async () => (await fetch(`${upstream}/-/left`)).json();

/** Checks that what an output repeats of the provider's answer is what was recorded; returns how much that is. */
const agree = (output, body) => {
  if (Array.isArray(output) && Array.isArray(body) && output.length === body.length) {
    return output.reduce((sum, item, index) => sum + agree(item, body[index]), 0);
  }
  if (output === null || typeof output !== "object" || body === null || typeof body !== "object") return 0;
  let same = 0;
  for (const [name, value] of Object.entries(output)) {
    if (!["id", "number", "title", "name", "node_id", "sha", "html_url", "login", "color"].includes(name)) continue;
    if (!(name in body) || typeof value === "object" || typeof body[name] === "object") continue;
    assert.equal(value, body[name], name);
    same += 1;
  }
  return same;
};

let compared = 0;
const checks = {};
for (const { name, action, input, expected, error, bodies, pages } of recordings) {
  checks[`recorded: ${name}`] = async () => {
    for (const client of [hosted(), open()]) {
      await play(name);
      if (error) {
        refused(await failure(() => client.execute(action, input)), error.status, error.code, { attempts: 1, actionId: action });
      } else {
        const answer = await client.executeRaw(action, input);
        assert.deepEqual(answer.data, expected);
        assert.match(answer.executionId, UUID);
        compared += agree(answer.data, bodies.at(pages ? 0 : -1));
      }
      assert.deepEqual(await left(), { left: pages ? bodies.length - 1 : 0, strange: [] });
    }
    if (!pages) return;
    // The clients have no option for the pages after the first.
    await play(name);
    let cursor;
    const items = [];
    do {
      const page = await post(action, { input, options: { cursor } });
      items.push(...page.data);
      cursor = page.meta.cursor;
    } while (cursor);
    assert.deepEqual(items.map(({ number }) => number), bodies.flat().map(({ number }) => number));
    assert.deepEqual(await left(), { left: 0, strange: [] });
  };
}

await run(checks, {
  async "the proxy returns what was recorded"() {
    const name = "repos.get.json";
    const { bodies, request } = recordings.find((recording) => recording.name === name);
    await play(name);
    const answer = await hosted().proxy("github", { endpoint: request, method: "GET" });
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.data, bodies[0]);
  },
  async "much of what was recorded comes back as it was"() {
    assert.ok(compared >= 100, `${compared} values`);
  },
});

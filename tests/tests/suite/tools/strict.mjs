// Lets OpenAI's library make schemas strict that are to be strict already.
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";

const [library, file] = process.argv.slice(2);
const { toStrictJsonSchema } = await import(`${library}/lib/transform.mjs`);

const tools = JSON.parse(readFileSync(file, "utf8"));
const strict = tools.filter(({ dialect }) => dialect.endsWith("-strict"));
for (const { dialect, definition } of strict) {
  const { name, parameters } = definition.function ?? definition;
  const made = toStrictJsonSchema(parameters);
  if (!isDeepStrictEqual(made, parameters)) {
    throw new Error(`${dialect} ${name}: ${JSON.stringify(parameters)} becomes ${JSON.stringify(made)}`);
  }
}
console.log(strict.length);

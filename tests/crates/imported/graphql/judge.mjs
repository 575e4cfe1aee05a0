// Executes GraphQL requests as a server of the schema would, with made-up values.
//
// Each line of the input is {"document": PATH, "requests": [{"query", "operationName", "variables"}]}, where the
// document is a schema in the definition language or the answer to an introspection query. Each line of the
// output is {"answers": [ANSWER]}. A request that the schema does not accept is answered with errors alone.

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import {
  GraphQLError, buildClientSchema, buildSchema, execute, getNullableType, isAbstractType,
  isEnumType, isListType, isNonNullType, isObjectType, parse, validate,
} from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';

function schemaOf(path) {
  const text = readFileSync(path, 'utf8');
  if (!path.endsWith('.json')) return buildSchema(text, { assumeValidSDL: true });
  const json = JSON.parse(text);
  return buildClientSchema(json.data ?? json, { assumeValid: true });
}

const schemas = new Map();
let counter = 0;

function leaf(type) {
  if (isEnumType(type)) {
    const values = type.getValues();
    counter += 1;
    return values[counter % values.length].value;
  }
  const known = { Int: 1, Float: 1.5, Boolean: true, ID: 'id', BigInt: 7, JSONObject: {} };
  return known[type.name] ?? 'text';
}

// Returns a value of a type; what may be null sometimes is, but for what a page needs.
function valueOf(schema, type, mayBeNull) {
  if (!isNonNullType(type) && mayBeNull) {
    counter += 1;
    if (counter % 7 === 0) return null;
  }
  const plain = getNullableType(type);
  if (isListType(plain)) return [1, 2].map(() => valueOf(schema, plain.ofType, mayBeNull));
  if (isAbstractType(plain)) {
    const possible = schema.getPossibleTypes(plain);
    counter += 1;
    return { __typename: possible[counter % possible.length].name };
  }
  return isObjectType(plain) ? {} : leaf(plain);
}

function resolver(source, args, context, info) {
  if (info.fieldName === 'hasNextPage') return !context.after;
  if (info.fieldName === 'endCursor') return 'next';
  const structure = ['pageInfo', 'nodes', 'edges', 'node'].includes(info.fieldName);
  return valueOf(info.schema, info.returnType, info.path.prev !== undefined && !structure);
}

function refusal(errors) {
  return { errors: errors.map((error) => ({ message: error.message, extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } })) };
}

function answer(schema, { query, operationName, variables }) {
  let document;
  try {
    document = parse(query);
  } catch (error) {
    return refusal([error]);
  }
  const problems = validate(schema, document);
  if (problems.length > 0) return refusal(problems);
  const [operation] = document.definitions;
  const coerced = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  if (coerced.errors) return refusal(coerced.errors);
  const unknown = Object.keys(variables).filter((name) => !(name in coerced.coerced));
  if (unknown.length > 0) return refusal([new GraphQLError(`no variable is named ${unknown}`)]);
  return execute({
    schema, document, operationName, variableValues: variables, contextValue: { after: variables.after },
    fieldResolver: resolver,
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  const { document, requests } = JSON.parse(line);
  if (!schemas.has(document)) schemas.set(document, schemaOf(document));
  const schema = schemas.get(document);
  counter = 0;
  console.log(JSON.stringify({ answers: requests.map((request) => answer(schema, request)) }));
}

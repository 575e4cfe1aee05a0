// A GraphQL API of 25 tasks at /graphql, which takes the token `sesame`. Arguments: port, file with the schema.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { GraphQLError, buildSchema, graphql } from 'graphql';

const failure = (code, message) => new GraphQLError(message, { extensions: { code } });

const [port, file] = process.argv.slice(2);
const schema = buildSchema(readFileSync(file, 'utf8'));
const tasks = new Map(Array.from({ length: 25 }, (_, index) => {
  const id = `T${index + 1}`;
  const price = () => {
    throw failure('FORBIDDEN', 'only for owners');
  };
  return [id, { id, title: `Task ${index + 1}`, state: 'OPEN', owner: { id: 'P1', name: 'Ann' }, price }];
}));

const root = {
  task: ({ id }) => tasks.get(id) ?? null,
  tasks: ({ first, after, filter }) => {
    const all = [...tasks.values()].filter((task) => !filter?.state || task.state === filter.state);
    const start = after ? all.findIndex((task) => task.id === after) + 1 : 0;
    const nodes = all.slice(start, start + first);
    const hasNextPage = start + first < all.length;
    return { totalCount: all.length, nodes, pageInfo: { hasNextPage, endCursor: nodes.at(-1)?.id } };
  },
  secret: () => {
    throw failure('FORBIDDEN', 'only for owners');
  },
  taskClose: ({ input: { id, reason } }) => {
    const task = tasks.get(id);
    if (!task) throw failure('NOT_FOUND', `no task ${id}`);
    Object.assign(task, { state: 'CLOSED', reason });
    return { success: true, task };
  },
  taskDelete: ({ id }) => tasks.delete(id),
};

async function answer(request, body) {
  if (request.headers.authorization !== 'Bearer sesame') {
    return { errors: [{ message: 'who are you?', extensions: { code: 'UNAUTHENTICATED' } }] };
  }
  const { query, operationName, variables } = JSON.parse(body);
  return graphql({ schema, source: query, rootValue: root, operationName, variableValues: variables });
}

createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', async () => {
    response.setHeader('content-type', 'application/json');
    response.statusCode = request.url === '/v1/graphql' && request.method === 'POST' ? 200 : 404;
    response.end(JSON.stringify(await answer(request, Buffer.concat(parts).toString())));
  });
}).listen(Number(port), '127.0.0.1');

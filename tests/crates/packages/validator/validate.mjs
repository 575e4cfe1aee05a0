// Compares planned requests with the documents that describe them, by `openapi-request-validator`.
// Reads one line of JSON for each document:
//
//   {"document": PATH, "requests": [{"method", "path"?, "strict"?, "planned": {"url", "headers", "body"}}]}
//
// and writes one: {"document": PATH, "problems": [null | {"invalid": [..]} | {"unknown": TEXT} | {"unjudged": TEXT}]}.
// `path` is the template of the operation; without it the operation is looked for. With `strict`, what the
// document has no name for may not be sent, though schemas allow it.
//
// A request is taken apart as the document says; what schemas say is judged by the package.

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { gunzipSync } from 'node:zlib';
import module from 'openapi-request-validator';
import qs from 'qs';
import { parse } from 'yaml';

const Validator = module.default ?? module;

function read(path) {
  const bytes = readFileSync(path);
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').replace(/^\uFEFF/, '');
  return text.trimStart().startsWith('{') ? JSON.parse(text) : parse(text, { maxAliasCount: -1 });
}

const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

class Source {
  constructor(root) {
    this.root = root;
    this.isSwagger = String(root.swagger ?? '').startsWith('2');
  }

  at(reference) {
    const pointer = decodeURIComponent(reference.replace(/^#\/?/, ''));
    let value = this.root;
    for (const part of pointer.split('/').filter((part) => part !== '')) {
      value = value?.[part.replaceAll('~1', '/').replaceAll('~0', '~')];
    }
    return value;
  }

  resolve(value) {
    for (let count = 0; count < 32 && typeof value?.$ref === 'string'; count += 1) {
      value = this.at(value.$ref);
    }
    return value;
  }
}

const TYPES = new Set(['string', 'number', 'integer', 'boolean', 'array', 'object', 'null']);
const SCHEMAS = ['items', 'additionalProperties', 'not', 'contains', 'propertyNames', 'if', 'then', 'else'];
const LISTS = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];
const MAPS = ['properties', 'patternProperties', 'dependentSchemas'];
const KEPT = ['enum', 'const', 'required', 'minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties',
  'maxProperties', 'minimum', 'maximum', 'multipleOf', 'uniqueItems', 'format', 'readOnly'];

// Schemas of a document in the dialect of JSON Schema that the package understands. Those that are
// referred to are collected by name.
class Schemas {
  constructor(source) {
    this.source = source;
    this.names = new Map();
    this.schemas = {};
  }

  reference(reference) {
    let name = this.names.get(reference);
    if (name === undefined) {
      name = `s${this.names.size}`;
      this.names.set(reference, name);
      this.schemas[name] = {};
      this.schemas[name] = this.convert(this.source.at(reference) ?? {});
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  convert(schema) {
    if (!isObject(schema)) {
      return schema === false ? { not: {} } : {};
    }
    if (typeof schema.$ref === 'string') {
      const target = this.reference(schema.$ref);
      return schema.nullable === true ? { anyOf: [target, { type: 'null' }] } : target;
    }
    const made = {};
    for (const key of KEPT) {
      if (schema[key] !== undefined) made[key] = schema[key];
    }
    const types = [schema.type].flat().filter((type) => TYPES.has(type));
    if (types.length > 0) made.type = types.length === 1 ? types[0] : types;
    for (const key of SCHEMAS) {
      if (isObject(schema[key]) || typeof schema[key] === 'boolean') {
        made[key] = typeof schema[key] === 'boolean' ? schema[key] : this.convert(schema[key]);
      }
    }
    for (const key of LISTS) {
      if (Array.isArray(schema[key]) && schema[key].length > 0) {
        made[key] = schema[key].map((part) => this.convert(part));
      }
    }
    for (const key of MAPS) {
      if (isObject(schema[key])) {
        made[key] = Object.fromEntries(Object.entries(schema[key]).map(([name, part]) => [name, this.convert(part)]));
      }
    }
    // A bound may be exclusive by a flag beside it.
    for (const [bound, exclusive] of [['minimum', 'exclusiveMinimum'], ['maximum', 'exclusiveMaximum']]) {
      if (schema[exclusive] === true && typeof schema[bound] === 'number') {
        made[exclusive] = schema[bound];
        delete made[bound];
      } else if (typeof schema[exclusive] === 'number') {
        made[exclusive] = schema[exclusive];
      }
    }
    for (const key of ['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties']) {
      if (key in made && !(Number.isInteger(made[key]) && made[key] >= 0)) delete made[key];
    }
    for (const key of ['minimum', 'maximum', 'multipleOf']) {
      if (key in made && typeof made[key] !== 'number') delete made[key];
    }
    if (!(made.multipleOf > 0)) delete made.multipleOf;
    if (typeof schema.pattern === 'string') {
      try {
        new RegExp(schema.pattern, 'u');
        made.pattern = schema.pattern;
      } catch {
        // The package can't use it.
      }
    }
    for (const pattern of Object.keys(made.patternProperties ?? {})) {
      try {
        new RegExp(pattern, 'u');
      } catch {
        delete made.patternProperties[pattern];
      }
    }
    if (!Array.isArray(made.required)) delete made.required;
    else made.required = [...new Set(made.required)].filter((name) => typeof name === 'string');
    if (!Array.isArray(made.enum) || made.enum.length === 0) delete made.enum;
    else made.enum = [...new Map(made.enum.map((value) => [JSON.stringify(value), value])).values()];
    if (typeof made.uniqueItems !== 'boolean') delete made.uniqueItems;
    if (typeof made.format !== 'string') delete made.format;
    const isNullable = schema.nullable === true || schema['x-nullable'] === true;
    return isNullable ? { anyOf: [made, { type: 'null' }] } : made;
  }
}

function schemaOf(source, parameter) {
  if (parameter.content) return Object.values(parameter.content)[0]?.schema ?? {};
  if (parameter.schema) return parameter.schema;
  return source.isSwagger ? { ...parameter, required: undefined } : {};
}

function typeOf(source, schema, depth = 0) {
  const resolved = source.resolve(schema) ?? {};
  const type = [resolved.type].flat().find((type) => type !== undefined && type !== 'null');
  if (type !== undefined || depth > 8) return type;
  if (resolved.properties) return 'object';
  if (resolved.items) return 'array';
  for (const key of LISTS) {
    for (const part of Array.isArray(resolved[key]) ? resolved[key] : []) {
      const found = typeOf(source, part, depth + 1);
      if (found !== undefined && found !== 'null') return found;
    }
  }
  return undefined;
}

function membersOf(source, schema, found = new Map(), depth = 0) {
  const resolved = source.resolve(schema) ?? {};
  for (const [name, part] of Object.entries(resolved.properties ?? {})) {
    if (!found.has(name)) found.set(name, part);
  }
  for (const key of LISTS) {
    for (const part of depth < 8 && Array.isArray(resolved[key]) ? resolved[key] : []) {
      membersOf(source, part, found, depth + 1);
    }
  }
  return found;
}

const SEPARATORS = { ssv: ' ', pipes: '|', tsv: '\t', spaceDelimited: ' ', pipeDelimited: '|', tabDelimited: '\t' };

function json(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

// Reads a value that stands alone in a segment, a header or one pair of a query.
function single(source, parameter, schema, text) {
  if (parameter.content) return json(text);
  const type = typeOf(source, schema);
  const separator = SEPARATORS[parameter.collectionFormat ?? parameter.style] ?? ',';
  if (type === 'array') return text === '' ? [] : text.split(separator);
  if (type === 'object') {
    if (parameter.explode) return Object.fromEntries(text.split(separator).map((pair) => pair.split('=')));
    const parts = text.split(separator);
    return Object.fromEntries(parts.flatMap((part, index) => (index % 2 ? [] : [[part, parts[index + 1]]])));
  }
  return text;
}

function queryOf(source, parameters, search) {
  const given = new URLSearchParams(search);
  const nested = qs.parse(search, { depth: 20, arrayLimit: 1000, parameterLimit: 100000 });
  const query = {};
  const named = new Set(parameters.map((parameter) => parameter.name));
  for (const parameter of parameters) {
    const { name } = parameter;
    const schema = schemaOf(source, parameter);
    const type = typeOf(source, schema);
    const style = parameter.style ?? 'form';
    const explode = source.isSwagger
      ? parameter.collectionFormat === 'multi'
      : parameter.explode ?? (style === 'form' || style === 'deepObject');
    const values = given.getAll(name);
    if (style === 'deepObject' && !parameter.content) {
      if (nested[name] !== undefined) query[name] = nested[name];
    } else if (type === 'array' && explode && !parameter.content) {
      if (values.length > 0) query[name] = values;
    } else if (type === 'object' && explode && !parameter.content) {
      const own = [...membersOf(source, schema).keys()];
      const names = own.length > 0 ? own : [...given.keys()].filter((other) => !named.has(other));
      const members = names.filter((other) => given.has(other)).map((other) => [other, given.get(other)]);
      if (members.length > 0) query[name] = Object.fromEntries(members);
    } else if (values.length > 0) {
      query[name] = single(source, { ...parameter, explode }, schema, values[0]);
    }
  }
  return query;
}

// Returns the texts that stand for the names of a path. The last of them may be of several segments.
function pathOf(template, url) {
  const path = new URL(url).pathname;
  return textsOf(template, path) ?? textsOf(template, path, { last: '(.*)' });
}

function textsOf(template, path, { last = '([^/]*)', start = '' } = {}) {
  const plain = `/${template.split(/[?#]/)[0].replace(/^\/+/, '')}`;
  const names = [];
  const escape = (text) => encodeURI(decodeSafely(text)).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const count = plain.split('{').length - 1;
  const pattern = plain
    .split(/(\{[^}]*\})/)
    .map((part) => {
      if (!part.startsWith('{')) return escape(part);
      names.push(part.slice(1, -1));
      return names.length === count ? last : '([^/]*)';
    })
    .join('');
  const found = new RegExp(`${start}${pattern}$`).exec(path);
  if (!found) return undefined;
  return Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(found[index + 1])]));
}

function decodeSafely(text) {
  try {
    return decodeURI(text);
  } catch {
    return text;
  }
}

function paramsOf(source, parameters, template, url) {
  const texts = pathOf(template, url);
  if (texts === undefined) throw new Invalid(`the path of ${url} is not ${template}`);
  for (const parameter of parameters) {
    let text = texts[parameter.name];
    if (text === undefined) continue;
    const schema = schemaOf(source, parameter);
    let { style } = parameter;
    if (style === 'label') text = text.slice(1);
    if (style === 'matrix') text = text.slice(parameter.name.length + 2);
    texts[parameter.name] = single(source, parameter, schema, text);
  }
  return texts;
}

function multipart(text, contentType) {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1];
  const parts = [];
  for (const piece of text.split(`--${boundary}`).slice(1, -1)) {
    const [head, ...rest] = piece.replace(/^\r\n/, '').split('\r\n\r\n');
    const name = / name="((?:[^"\\]|\\.)*)"/i.exec(head)?.[1];
    parts.push([name, rest.join('\r\n\r\n').replace(/\r\n$/, '')]);
  }
  return parts;
}

// Puts the fields of a form together.
function formOf(source, schema, encoding, pairs) {
  const body = {};
  const search = pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
  const nested = qs.parse(search, { depth: 20, arrayLimit: 1000, parameterLimit: 100000 });
  const members = membersOf(source, schema);
  for (const [name, part] of members) {
    const values = pairs.filter(([other]) => other === name).map(([, value]) => value);
    const own = encoding?.[name] ?? {};
    const type = typeOf(source, part);
    if (own.style === 'deepObject') {
      if (nested[name] !== undefined) body[name] = nested[name];
    } else if (values.length === 0) {
      continue;
    } else if (own.contentType?.includes('json') || type === 'object') {
      body[name] = json(values[0]);
    } else if (type === 'array') {
      const isJson = ['object', 'array'].includes(typeOf(source, source.resolve(part)?.items));
      const explode = own.explode ?? (own.style ?? 'form') === 'form';
      body[name] = explode ? values : values[0].split(SEPARATORS[own.style] ?? ',');
      if (isJson) body[name] = body[name].map(json);
    } else {
      body[name] = values[0];
    }
  }
  for (const [name, value] of pairs) {
    const base = name.split('[')[0];
    if (!(base in body) && !members.has(base)) body[name] = value;
  }
  return body;
}

class Invalid extends Error {}

class Unknown extends Error {}

// Returns the paths below which the operations of some servers are.
function prefixesOf(servers) {
  return (servers ?? []).map((server) => {
    const url = String(server.url ?? '').replace(/\{([^}]*)\}/g, (_, name) => server.variables?.[name]?.default ?? name);
    return new URL(url, 'https://server.test').pathname.replace(/\/+$/, '');
  });
}

// Finds the template of the operation that a request is for: the one with the most text beside its names.
function locate(source, method, url) {
  const path = new URL(url).pathname;
  const plain = (template) => template.replace(/\{[^}]*\}/g, '').length;
  const shared = source.isSwagger ? [source.root.basePath?.replace(/\/+$/, '') ?? ''] : prefixesOf(source.root.servers);
  const found = (textsFor) => Object.entries(source.root.paths).filter(([template, shown]) => {
    const item = source.resolve(shown);
    const operation = item[method.toLowerCase()];
    if (!operation) return false;
    const own = prefixesOf(operation.servers ?? item.servers);
    return [...own, ...shared, ''].some((prefix) => path.startsWith(prefix) && textsFor(template, path.slice(prefix.length)));
  }).map(([template]) => template).sort((left, right) => plain(right) - plain(left))[0];
  const template = found((template, rest) => textsOf(template, rest, { start: '^' }))
    ?? found((template, rest) => textsOf(template, rest, { start: '^', last: '(.*)' }));
  if (template === undefined) throw new Unknown(`the document has no ${method} ${path}`);
  return template;
}

const OPTIONS = { useDefaults: false, multipleOfPrecision: 6 };

function check(source, request) {
  const item = source.resolve(source.root.paths[request.path]);
  const operation = item[request.method.toLowerCase()];
  const all = new Map();
  for (const parameter of [...(item.parameters ?? []), ...(operation.parameters ?? [])]) {
    const resolved = source.resolve(parameter);
    if (resolved?.name && resolved?.in) all.set(`${resolved.in} ${resolved.name}`, resolved);
  }
  const parameters = [...all.values()];
  const within = (place) => parameters.filter((parameter) => parameter.in === place);
  const { url, headers: list, body: recorded } = request.planned;
  const headers = Object.fromEntries(list.map(([name, value]) => [name.toLowerCase(), value]));
  const contentType = headers['content-type'];

  const schemas = new Schemas(source);
  const judged = ['path', 'query', 'header'].flatMap((place) => within(place).map((parameter) => ({
    in: place,
    name: parameter.name,
    required: parameter.required === true,
    schema: schemas.convert(schemaOf(source, parameter)),
  })));
  // Names of the path that are not in it can't be there, and three headers are not parameters.
  const isInPath = (name) => request.path.includes(`{${name}}`);
  const ignored = ['accept', 'content-type', 'authorization'];
  // Some documents name the token as a parameter, beside the scheme by which it is a header.
  const isSecured = (operation.security ?? source.root.security ?? []).length > 0;
  const hasToken = isSecured && headers.authorization !== undefined;
  const kept = judged.filter((parameter) => {
    if (hasToken && parameter.name === 'token') return false;
    if (parameter.in === 'path') return isInPath(parameter.name);
    return parameter.in !== 'header' || !ignored.includes(parameter.name.toLowerCase());
  });
  const given = {
    params: paramsOf(source, within('path'), request.path, url),
    query: queryOf(source, within('query'), new URL(url).search.slice(1)),
    headers: { ...headers },
  };
  for (const parameter of within('header')) {
    const name = parameter.name.toLowerCase();
    if (headers[name] !== undefined) {
      given.headers[name] = single(source, parameter, schemaOf(source, parameter), headers[name]);
    }
  }
  const found = [];
  const judge = (settings, request) => {
    const validator = new Validator({ componentSchemas: schemas.schemas, ...settings });
    found.push(...(validator.validateRequest(request)?.errors ?? []));
  };
  judge({ parameters: kept, ajvOptions: { ...OPTIONS, coerceTypes: true } }, given);
  if (request.strict) found.push(...undescribedIn(source, operation, within('query'), url));

  let body = recorded?.json ?? recorded?.text ?? recorded?.base64;
  const definition = source.isSwagger ? bodyOfSwagger(source, operation, parameters) : source.resolve(operation.requestBody);
  if (definition?.content) {
    const content = {};
    for (const [type, media] of Object.entries(definition.content)) {
      content[type] = { schema: isRead(type) ? schemas.convert(media.schema ?? {}) : {} };
    }
    const type = mediaType(contentType, definition.content);
    const media = definition.content[type] ?? {};
    const isForm = /urlencoded|multipart/.test(contentType ?? '');
    if (body !== undefined && isForm) {
      const pairs = contentType.includes('multipart') ? multipart(body, contentType) : [...new URLSearchParams(body)];
      body = formOf(source, media.schema ?? {}, media.encoding, pairs);
    }
    if (request.strict && isRead(type ?? '')) found.push(...undescribedOf(source, media.schema, body));
    // A body that is false, 0, null or an empty text counts as none there.
    const isOdd = body === false || body === 0 || body === null || body === '';
    if (!isOdd && Object.keys(content).length > 0) {
      judge(
        { requestBody: { required: definition.required === true, content }, ajvOptions: { ...OPTIONS, coerceTypes: isForm } },
        { headers, body },
      );
    }
  } else if (body !== undefined) {
    found.push({ message: 'there is a body, and the document has none' });
  }
  return found;
}

// Complains of parameters in a query that the document does not name.
function undescribedIn(source, operation, parameters, url) {
  const names = new Set();
  for (const parameter of parameters) {
    names.add(parameter.name);
    for (const member of membersOf(source, schemaOf(source, parameter)).keys()) names.add(member);
  }
  const schemes = source.isSwagger ? source.root.securityDefinitions : source.root.components?.securitySchemes;
  for (const scheme of Object.values(schemes ?? {})) {
    if (scheme.in === 'query') names.add(scheme.name);
  }
  const sent = [...new URL(url).searchParams.keys()];
  const unknown = sent.filter((name) => !names.has(name) && !names.has(name.split('[')[0]) && !names.has(`${name.split('[')[0]}[]`));
  return unknown.map((name) => ({ location: 'query', path: name, message: 'the document has no such parameter' }));
}

// Complains of members of a body that its schema does not name.
function undescribedOf(source, schema, body) {
  const names = membersOf(source, schema ?? {});
  if (!isObject(body) || names.size === 0 || isOpen(source, schema)) return [];
  const unknown = Object.keys(body).filter((name) => !names.has(name));
  return unknown.map((name) => ({ location: 'body', path: name, message: 'the document has no such field' }));
}

// Whether a schema, or one of its parts, says that there may be others.
function isOpen(source, schema, depth = 0) {
  const resolved = source.resolve(schema) ?? {};
  if (isObject(resolved.additionalProperties) || resolved.additionalProperties === true) return true;
  const parts = LISTS.flatMap((key) => (Array.isArray(resolved[key]) ? resolved[key] : []));
  return depth < 8 && parts.some((part) => isOpen(source, part, depth + 1));
}

// Whether a schema says what the text of a body is.
function isRead(type) {
  return /json|urlencoded|multipart\/form-data|^\*\/\*$|^application\/\*$/.test(type.toLowerCase());
}

function mediaType(contentType, content) {
  const plain = (text) => String(text ?? '').split(';')[0].trim().toLowerCase();
  const names = Object.keys(content);
  const own = plain(contentType);
  return names.find((name) => plain(name) === own)
    ?? names.find((name) => plain(name) === `${own.split('/')[0]}/*`)
    ?? names.find((name) => plain(name) === '*/*');
}

function bodyOfSwagger(source, operation, parameters) {
  const consumes = operation.consumes ?? source.root.consumes ?? [];
  const whole = parameters.find((parameter) => parameter.in === 'body');
  if (whole) {
    const types = consumes.length > 0 ? consumes : ['application/json'];
    const content = Object.fromEntries(types.map((type) => [type, { schema: whole.schema ?? {} }]));
    return { required: whole.required === true, content };
  }
  const fields = parameters.filter((parameter) => parameter.in === 'formData');
  if (fields.length === 0) return undefined;
  const properties = Object.fromEntries(fields.map((field) => [field.name, { ...field, required: undefined }]));
  const required = fields.filter((field) => field.required === true).map((field) => field.name);
  const encoding = Object.fromEntries(fields.map((field) => [field.name, {
    explode: field.collectionFormat === 'multi',
    style: field.collectionFormat === 'multi' ? 'form' : { ssv: 'spaceDelimited', pipes: 'pipeDelimited' }[field.collectionFormat],
  }]));
  const media = { schema: { type: 'object', properties, required }, encoding };
  const types = ['multipart/form-data', 'application/x-www-form-urlencoded'];
  return { required: required.length > 0, content: Object.fromEntries(types.map((type) => [type, media])) };
}

function problem(source, request) {
  try {
    const { method, path, planned } = request;
    const found = check(source, { ...request, path: path ?? locate(source, method, planned.url) });
    if (found.length === 0) return null;
    return { invalid: found.slice(0, 5).map((error) => `${error.location ?? ''} ${error.path ?? ''}: ${error.message}`) };
  } catch (error) {
    if (error instanceof Unknown) return { unknown: error.message };
    if (error instanceof Invalid) return { invalid: [error.message] };
    return { unjudged: String(error.message ?? error).slice(0, 300) };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const { document, requests } = JSON.parse(line);
  const source = new Source(read(document));
  const problems = requests.map((request) => problem(source, request));
  console.log(JSON.stringify({ document, problems }));
}

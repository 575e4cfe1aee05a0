// Calls a vendor's client as the cassettes of a connector were called, and compares what both read.
//
// A check.mjs imports `base`, `token` and `check` of this file, and is run with the file of the calls.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'

const { account, calls, whole, ...context } = JSON.parse(readFileSync(process.argv[2], 'utf8'))

/** The URL of the server that replays the cassettes, without a slash at its end. */
export const base = context.base

/** The token to give to the client. */
export const token = context.token

/** The URL that leads to a host of the provider: for clients of more than one. */
export const at = (host) => `${base}/-/${host}`

export const camel = (name) => name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase())

/** Renames the members of all objects in a value. */
export function renamed(value, name) {
    if (Array.isArray(value)) return value.map((it) => renamed(it, name))
    if (!isObject(value)) return value
    return Object.fromEntries(Object.entries(value).map(([key, it]) => [name(key), renamed(it, name)]))
}

const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value)

/** Puts the URLs of a text back that the server has led to itself. */
const original = (text) => text.replaceAll(`${base}/-/`, 'https://')

function originals(value) {
    if (typeof value === 'string') return original(value)
    if (Array.isArray(value)) return value.map(originals)
    if (!isObject(value) || value instanceof Date) return value
    return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, originals(it)]))
}

/** Finds the schema of what a schema refers to, or of the branch that a value is of. */
function resolved(schema, root, value) {
    if (schema?.$ref) return resolved(root.$defs[schema.$ref.split('/').at(-1)], root, value)
    const branches = schema?.anyOf ?? schema?.oneOf ?? schema?.allOf
    if (!branches || schema.properties) return schema ?? {}
    const fits = (branch) => branch.properties
        && isObject(value)
        && (branch.required ?? []).every((name) => name in value)
        && Object.entries(branch.properties).every(([name, it]) => it.const === undefined || it.const === value[name])
    const own = branches.map((branch) => resolved(branch, root, value))
    return own.find(fits) ?? own.find((branch) => branch.items && Array.isArray(value)) ?? {}
}

let fields = 0

/** Compares a value of the connector, which has this schema, with the client's. */
function compare(ours, theirs, schema, place, { root, name }) {
    const own = resolved(schema, root, ours)
    const inner = { root, name }
    if (theirs instanceof Date) {
        assert.equal(new Date(ours).getTime(), theirs.getTime(), place)
    } else if (Array.isArray(ours)) {
        assert.ok(Array.isArray(theirs), `${place}: the client has no list`)
        assert.equal(ours.length, theirs.length, `${place}: number of items`)
        ours.forEach((it, index) => compare(it, theirs[index], own.items, `${place}[${index}]`, inner))
        return
    } else if (own.properties && isObject(ours)) {
        assert.ok(theirs !== null && typeof theirs === 'object', `${place}: the client has no object`)
        for (const [member, it] of Object.entries(own.properties)) {
            const their = theirs[name(member)]
            const at = `${place}.${member}`
            // What the connector leaves out, the client must not have either; a flag that an answer
            // lacks is false for the connector.
            if (!(member in ours)) assert.equal(their ?? null, null, at)
            else if (their !== undefined || ours[member] !== false) compare(ours[member], their, it, at, inner)
        }
        return
    } else {
        assert.deepEqual(originals(theirs), ours, place)
    }
    fields += 1
}

async function control(path) {
    const answer = await fetch(`${base}/-/${path}`, { headers: { authorization: `Bearer ${token}` } })
    return answer.json()
}

/** Calls a client's method as a cassette was called, a list page by page. */
async function read(method, call, page) {
    const answer = await method(call.input, call)
    let part = isObject(answer) && page(answer)
    if (!part) return answer
    const items = [...part.items]
    while (call.all_pages && part.next) {
        part = page(await method({ ...call.input, ...part.next }, call))
        items.push(...part.items)
    }
    return items
}

/**
 * Compares the client with the connector on all cassettes.
 *
 * - `methods`: for each action, a function of the input and the whole call (`action`, `cassette`, `input`,
 *   `cursor`, `settings`) that calls the client and returns what it reads, in the connector's shape
 * - `name`: the client's name of a field of the connector; the same by default
 * - `page`: for what a method returns, `{ items, next }` if it is a page: `next` is what the input of the next
 *   page has more, if there is one
 * - `failure`: for an error that a method throws, `{ status, body }` as far as it tells, or nothing if it is
 *   no answer of the provider
 * - `account`: a function that returns the `{ id, label }` of the account of the token, if account.json is there
 * - `except`: for an action or a cassette that the client has nothing for, the reason
 */
export async function check({ methods, name = (it) => it, page = () => undefined, failure, account: own, except = {} }) {
    const unknown = new Set([...Object.keys(methods), ...Object.keys(except)])
    let alike = 0
    let requests = 0
    let left = 0
    for (const call of calls) {
        const place = `${call.cassette} (${call.title})`
        unknown.delete(call.action)
        const reason = except[call.cassette] ?? except[call.action]
        if (reason) {
            unknown.delete(call.cassette)
            assert.ok(!except[call.action] || !methods[call.action], `${call.action} has a method, and a reason for none`)
            left += 1
            continue
        }
        const method = methods[call.action]
        assert.ok(method, `${call.action}: say here which method of the client it is`)
        const exchanges = await control(`play/${call.cassette}`)
        let theirs
        let thrown
        try {
            theirs = await read(method, call, page)
        } catch (error) {
            thrown = error
        }
        const after = await control('left')
        assert.deepEqual(after.strange, [], `${place}: the client asked for what is not recorded`)
        alike += await control('alike')
        requests += exchanges - after.left
        if (thrown) {
            const told = failure?.(thrown)
            if (!call.error || !told || Object.keys(told).length === 0) {
                console.error(`${place}: the client fails`)
                throw thrown
            }
            for (const [member, value] of Object.entries(told)) {
                assert.deepEqual(originals(value), call.error[member], `${place}: ${member} of the error`)
            }
        } else {
            assert.ok(!call.error, `${place}: the client succeeds where the connector fails`)
            const { output, schema } = call
            // Of an answer without content there is nothing to compare.
            const isNothing = isObject(output) && Object.keys(schema.properties ?? {}).length === 0
                && Object.keys(output).length === 0
            if (!isNothing) compare(output, theirs, schema, place, { root: schema, name })
        }
        assert.equal(after.left, 0, `${place}: exchanges that the client never asked for`)
    }
    assert.deepEqual([...unknown], [], 'these are no actions and no cassettes')
    assert.ok(left * 3 <= calls.length, `${left} of ${calls.length} calls are left out`)
    if (account) {
        await control('play/account')
        assert.deepEqual(await own(), account, 'the account of the token')
    }
    console.log(`${calls.length - left} calls, ${fields} fields read alike, ${alike} of ${requests} requests wholly alike`)
    for (const [what, reason] of Object.entries(except)) console.log(`  left out: ${what}: ${reason}`)
}

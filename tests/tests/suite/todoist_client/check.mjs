// Calls Todoist's own client as the connector's cassettes were called, and compares what both read.
//
// Usage: node check.mjs <base URL> <file with the calls>

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { TodoistApi, TodoistRequestError } from '@doist/todoist-sdk'

const [baseUrl, file] = process.argv.slice(2)
const { account, calls } = JSON.parse(readFileSync(file, 'utf8'))
const api = new TodoistApi('a-token-of-todoist', { baseUrl })

/** The client's method for each action; arguments have the names that the client gives them. */
const methods = {
    'tasks.list': (args) => api.getTasks(args),
    'tasks.filter': (args) => api.getTasksByFilter(args),
    'tasks.get': ({ taskId }) => api.getTask(taskId),
    'tasks.create': (args) => api.addTask(args),
    'tasks.quick_add': (args) => api.quickAddTask(args),
    'tasks.update': ({ taskId, ...args }) => api.updateTask(taskId, args),
    'tasks.move': ({ taskId, ...args }) => api.moveTask(taskId, args),
    'tasks.close': ({ taskId }) => api.closeTask(taskId),
    'tasks.reopen': ({ taskId }) => api.reopenTask(taskId),
    'tasks.delete': ({ taskId }) => api.deleteTask(taskId),
    'projects.list': (args) => api.getProjects(args),
    'projects.list_archived': (args) => api.getArchivedProjects(args),
    'projects.get': ({ projectId }) => api.getProject(projectId),
    'projects.create': (args) => api.addProject(args),
    'projects.update': ({ projectId, ...args }) => api.updateProject(projectId, args),
    'projects.archive': ({ projectId }) => api.archiveProject(projectId),
    'projects.unarchive': ({ projectId }) => api.unarchiveProject(projectId),
    'projects.delete': ({ projectId }) => api.deleteProject(projectId),
    'sections.list': (args) => api.getSections(args),
    'sections.get': ({ sectionId }) => api.getSection(sectionId),
    'sections.create': (args) => api.addSection(args),
    'sections.update': ({ sectionId, ...args }) => api.updateSection(sectionId, args),
    'sections.delete': ({ sectionId }) => api.deleteSection(sectionId),
    'labels.list': (args) => api.getLabels(args),
    'labels.get': ({ labelId }) => api.getLabel(labelId),
    'labels.create': (args) => api.addLabel(args),
    'labels.update': ({ labelId, ...args }) => api.updateLabel(labelId, args),
    'labels.delete': ({ labelId }) => api.deleteLabel(labelId),
    'comments.list': (args) => api.getComments(args),
    'comments.get': ({ commentId }) => api.getComment(commentId),
    'comments.create': (args) => api.addComment(args),
    'comments.update': ({ commentId, ...args }) => api.updateComment(commentId, args),
    'comments.delete': ({ commentId }) => api.deleteComment(commentId),
}

let fields = 0

function camel(name) {
    return name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase())
}

function camelKeys(value) {
    if (Array.isArray(value)) return value.map(camelKeys)
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(Object.entries(value).map(([name, it]) => [camel(name), camelKeys(it)]))
}

/** Compares a value of the connector, which has this schema, with the client's. */
function compare(ours, theirs, schema, root, place) {
    if (schema.$ref) schema = root.$defs[schema.$ref.split('/').at(-1)]
    if (theirs instanceof Date) {
        assert.equal(new Date(ours).getTime(), theirs.getTime(), place)
    } else if (Array.isArray(ours)) {
        assert.equal(ours.length, theirs.length, `${place}: number of items`)
        ours.forEach((it, index) => compare(it, theirs[index], schema.items, root, `${place}[${index}]`))
        return
    } else if (schema.properties) {
        for (const [name, it] of Object.entries(schema.properties)) {
            const their = theirs[camel(name)]
            const at = `${place}.${name}`
            // What the connector leaves out, the client must not have either; a flag that an answer
            // lacks is false for the connector.
            if (!(name in ours)) assert.equal(their ?? null, null, at)
            else if (their !== undefined || ours[name] !== false) compare(ours[name], their, it, root, at)
        }
        return
    } else {
        assert.deepEqual(theirs, ours, place)
    }
    fields += 1
}

async function read({ action, input, all_pages: allPages }) {
    const method = methods[action]
    assert.ok(method, `${action}: say here which method of the client it is`)
    const args = camelKeys(input)
    let page = await method(args)
    if (!page.results) return page
    const items = [...page.results]
    while (allPages && page.nextCursor) {
        page = await method({ ...args, cursor: page.nextCursor })
        items.push(...page.results)
    }
    return items
}

for (const call of calls) {
    const place = `${call.action}: ${call.title}`
    let theirs
    try {
        theirs = await read(call)
    } catch (error) {
        if (!call.error || !(error instanceof TodoistRequestError)) {
            console.error(`${place}: the client fails`, error.responseData ?? '')
            throw error
        }
        assert.equal(error.httpStatusCode, call.error.status, place)
        assert.deepEqual(error.responseData, call.error.body, place)
        continue
    }
    assert.ok(!call.error, `${place}: the client succeeds where the connector fails`)
    if (theirs === true) assert.deepEqual(call.output, {}, place)
    else compare(call.output, theirs, call.schema, call.schema, place)
}

const user = await api.getUser()
assert.deepEqual({ id: user.id, label: user.email }, account, 'the account of the token')

console.log(`${calls.length} calls, ${fields} fields read alike`)

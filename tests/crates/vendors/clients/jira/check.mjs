// The client that most programs for Jira Cloud use; Atlassian has none of its own.

import { AgileClient, HttpException, Version3Client } from 'jira.js'
import { base, check, token } from '../shared.mjs'

const config = { host: base, authentication: { basic: { email: 'ada@example.com', apiToken: token } } }
const api = new Version3Client(config)
const agile = new AgileClient(config)

/** The text of a document, as Markdown: what the cassettes have of it. */
function text(node) {
    if (node === null || node === undefined || typeof node === 'string') return node ?? undefined
    const inner = (node.content ?? []).map(text)
    const marked = (mark, sign) => ((node.marks ?? []).some(({ type }) => type === mark) ? sign : '')
    switch (node.type) {
        case 'text': return marked('strong', '**') + node.text + marked('strong', '**')
        case 'mention': return `[${node.attrs.text}](accountid:${node.attrs.id})`
        case 'paragraph': return inner.join('')
        case 'heading': return `${'#'.repeat(node.attrs.level)} ${inner.join('')}`
        case 'listItem': return `- ${inner.join('\n\n')}`
        case 'bulletList': return inner.join('\n')
        default: return inner.join('\n\n')
    }
}

const document = (markdown) => ({
    type: 'doc',
    version: 1,
    content: [{ type: 'paragraph', content: [{ type: 'text', text: markdown }] }],
})
const written = (markdown) => (markdown === undefined ? undefined : document(markdown))

const user = (it) => it && {
    account_id: it.accountId,
    display_name: it.displayName,
    email: it.emailAddress,
    account_type: it.accountType,
    active: it.active,
    time_zone: it.timeZone,
}
const named = (names) => names?.map((name) => ({ name }))
const reference = (key) => key && (/^[0-9]+$/.test(key) ? { id: key } : { key })
const attachment = (it) => ({ ...it, id: String(it.id), author: it.author?.displayName, mime_type: it.mimeType })
const link = (it) => ({ ...it, inward_issue: it.inwardIssue?.key, outward_issue: it.outwardIssue?.key })
const custom = ([name, value]) => name.startsWith('customfield_') && value !== null

function issue({ id, key, fields = {} }) {
    return {
        id,
        key,
        summary: fields.summary,
        description: text(fields.description),
        status: fields.status?.name,
        status_category: fields.status?.statusCategory?.key,
        issue_type: fields.issuetype?.name,
        priority: fields.priority?.name,
        project: fields.project?.key,
        parent: fields.parent?.key,
        assignee: user(fields.assignee),
        reporter: user(fields.reporter),
        labels: fields.labels ?? [],
        components: (fields.components ?? []).map(({ name }) => name),
        fix_versions: (fields.fixVersions ?? []).map(({ name }) => name),
        due_date: fields.duedate,
        resolution: fields.resolution?.name,
        created: fields.created,
        updated: typeof fields.updated === 'string' ? fields.updated : undefined,
        resolved: fields.resolutiondate,
        attachments: (fields.attachment ?? []).map(attachment),
        links: (fields.issuelinks ?? []).map(link),
        custom_fields: Object.fromEntries(Object.entries(fields).filter(custom)),
    }
}

const comment = (it) => ({ ...it, body: text(it.body), author: user(it.author), visible_to: it.visibility?.value })
const worklog = (it) => ({
    ...it,
    issue_id: it.issueId,
    author: user(it.author),
    comment: text(it.comment),
    time_spent: it.timeSpent,
    time_spent_seconds: it.timeSpentSeconds,
})
const transition = (it) => ({ ...it, to_status: it.to?.name, has_screen: it.hasScreen, is_available: it.isAvailable })
const change = (it) => ({
    ...it,
    author: it.author?.displayName,
    items: it.items.map(({ field, fromString, toString: to }) => ({ field, from: fromString, to })),
})
const project = (it) => ({ ...it, lead: it.lead?.displayName, project_type: it.projectTypeKey, is_private: it.isPrivate })
const version = (it) => ({ ...it, project_id: it.projectId, start_date: it.startDate, release_date: it.releaseDate })
const field = (it) => ({ ...it, type: it.schema?.type, clause_names: it.clauseNames })
const sprint = (it) => ({
    ...it,
    start_date: it.startDate,
    end_date: it.endDate,
    complete_date: it.completeDate,
    board_id: it.originBoardId,
})

/** A page by its offset. */
const pages = (member, shape) => (answer) => {
    const items = answer[member].map(shape ?? ((it) => it))
    const startAt = (answer.startAt ?? 0) + items.length
    const isLast = answer.isLast ?? startAt >= answer.total
    return { items, next: isLast ? undefined : { startAt } }
}
const read = async (answer, page) => page(await answer)
const all = async (answer, shape = (it) => it) => (await answer).map(shape)
const one = async (answer, shape = (it) => it) => shape(await answer)

const fields = ({ issue_type, summary, description, project: key, parent, assignee_id, priority, labels, components, fix_versions, due_date, fields: more }) => ({
    project: reference(key),
    issuetype: issue_type && { name: issue_type },
    summary,
    description: description === null ? null : written(description),
    parent: parent === null ? null : reference(parent),
    assignee: assignee_id && { accountId: assignee_id },
    priority: priority && { name: priority },
    labels,
    components: named(components),
    fixVersions: named(fix_versions),
    duedate: due_date,
    ...more,
})

await check({
    methods: {
        'issues.search': async ({ jql, max_results, nextPageToken }) => {
            const answer = await api.issueSearch.searchForIssuesUsingJqlEnhancedSearch({ jql, maxResults: max_results, nextPageToken })
            return { items: answer.issues.map(issue), next: answer.nextPageToken && { nextPageToken: answer.nextPageToken } }
        },
        'issues.get': ({ issue: key }) => one(api.issues.getIssue({ issueIdOrKey: key }), issue),
        'issues.create': (input) => one(api.issues.createIssue({ fields: fields(input) }), (it) => ({ ...it, url: it.self })),
        'issues.update': ({ issue: key, notify_users, add_labels, remove_labels, ...input }) => api.issues.editIssue({
            issueIdOrKey: key,
            notifyUsers: notify_users,
            fields: fields(input),
            update: add_labels && { labels: [...add_labels.map((add) => ({ add })), ...remove_labels.map((remove) => ({ remove }))] },
        }),
        'issues.assign': ({ issue: key, account_id }) => api.issues.assignIssue({ issueIdOrKey: key, accountId: account_id ?? null }),
        'issues.delete': ({ issue: key, delete_subtasks }) => api.issues.deleteIssue({ issueIdOrKey: key, deleteSubtasks: delete_subtasks }),
        'issues.list_changes': ({ issue: key, max_results, startAt }) => read(api.issues.getChangeLogs({ issueIdOrKey: key, maxResults: max_results, startAt }), pages('values', change)),
        'issues.list_transitions': ({ issue: key }) => one(api.issues.getTransitions({ issueIdOrKey: key }), (it) => it.transitions.map(transition)),
        'issues.transition': ({ issue: key, transition: id, resolution, comment: note }) => api.issues.doTransition({
            issueIdOrKey: key,
            transition: { id },
            fields: { resolution: { name: resolution } },
            update: { comment: [{ add: { body: document(note) } }] },
        }),
        'comments.list': ({ issue: key, order_by, max_results, startAt }) => read(api.issueComments.getComments({ issueIdOrKey: key, orderBy: order_by, maxResults: max_results, startAt }), pages('comments', comment)),
        'comments.get': ({ issue: key, comment_id }) => one(api.issueComments.getComment({ issueIdOrKey: key, id: comment_id }), comment),
        'comments.create': ({ issue: key, body, visibility }) => one(api.issueComments.addComment({ issueIdOrKey: key, comment: body, visibility }), comment),
        'comments.update': ({ issue: key, comment_id, body }) => one(api.issueComments.updateComment({ issueIdOrKey: key, id: comment_id, comment: body, body: document(body) }), comment),
        'comments.delete': ({ issue: key, comment_id }) => api.issueComments.deleteComment({ issueIdOrKey: key, id: comment_id }),
        'worklogs.list': ({ issue: key }) => read(api.issueWorklogs.getIssueWorklog({ issueIdOrKey: key }), pages('worklogs', worklog)),
        'worklogs.create': ({ issue: key, comment: note, time_spent_seconds, started }) => one(api.issueWorklogs.addWorklog({ issueIdOrKey: key, comment: note, timeSpentSeconds: time_spent_seconds, started: started.replace('Z', '.000+0000') }), worklog),
        'worklogs.update': ({ issue: key, worklog_id, comment: note }) => one(api.issueWorklogs.updateWorklog({ issueIdOrKey: key, id: worklog_id, comment: note }), worklog),
        'worklogs.delete': ({ issue: key, worklog_id }) => api.issueWorklogs.deleteWorklog({ issueIdOrKey: key, id: worklog_id }),
        'attachments.upload': ({ issue: key, filename, content }) => one(api.issueAttachments.addAttachment({ issueIdOrKey: key, attachment: { filename, file: Buffer.from(content.split(',')[1], 'base64') } }), ([it]) => attachment(it)),
        'attachments.get': ({ attachment_id }) => one(api.issueAttachments.getAttachment({ id: attachment_id }), attachment),
        'attachments.delete': ({ attachment_id }) => api.issueAttachments.removeAttachment({ id: attachment_id }),
        'issue_links.list_types': () => one(api.issueLinkTypes.getIssueLinkTypes(), (it) => it.issueLinkTypes),
        'issue_links.create': ({ link_type, inward_issue, outward_issue }) => api.issueLinks.linkIssues({ type: { name: link_type }, inwardIssue: { key: inward_issue }, outwardIssue: { key: outward_issue } }),
        'issue_links.get': ({ link_id }) => one(api.issueLinks.getIssueLink({ linkId: link_id }), link),
        'issue_links.delete': ({ link_id }) => api.issueLinks.deleteIssueLink({ linkId: link_id }),
        'web_links.list': ({ issue: key }) => all(api.issueRemoteLinks.getRemoteIssueLinks({ issueIdOrKey: key }), ({ id, relationship, object }) => ({ id: String(id), relationship, ...object })),
        'web_links.create': ({ issue: key, url, title, summary, relationship }) => one(api.issueRemoteLinks.createOrUpdateRemoteIssueLink({ issueIdOrKey: key, globalId: url, relationship, object: { url, title, summary } }), ({ id }) => ({ id: String(id) })),
        'watchers.list': ({ issue: key }) => one(api.issueWatchers.getIssueWatchers({ issueIdOrKey: key }), (it) => ({ count: it.watchCount, is_watching: it.isWatching, watchers: it.watchers.map(user) })),
        'watchers.add': ({ issue: key, account_id }) => api.issueWatchers.addWatcher({ issueIdOrKey: key, accountId: account_id && JSON.stringify(account_id) }),
        'watchers.remove': ({ issue: key, account_id }) => api.issueWatchers.removeWatcher({ issueIdOrKey: key, accountId: account_id }),
        'projects.list': ({ query, max_results, startAt }) => read(api.projects.searchProjects({ query, maxResults: max_results, startAt }), pages('values', project)),
        'projects.get': ({ project: key }) => one(api.projects.getProject({ projectIdOrKey: key }), project),
        'projects.list_statuses': ({ project: key }) => all(api.projects.getAllStatuses({ projectIdOrKey: key }), ({ name, statuses }) => ({ issue_type: name, statuses: statuses.map((it) => it.name) })),
        'issue_types.list': ({ project_id }) => all(api.issueTypes.getIssueTypesForProject({ projectId: project_id }), (it) => ({ ...it, hierarchy_level: it.hierarchyLevel })),
        'versions.list': ({ project: key }) => all(api.projectVersions.getProjectVersions({ projectIdOrKey: key }), version),
        'versions.create': ({ project_id, release_date, ...input }) => one(api.projectVersions.createVersion({ projectId: project_id, releaseDate: release_date, ...input }), version),
        'versions.update': ({ version_id, release_date, ...input }) => one(api.projectVersions.updateVersion({ id: version_id, releaseDate: release_date, ...input }), version),
        'components.list': ({ project: key }) => all(api.projectComponents.getProjectComponents({ projectIdOrKey: key }), (it) => ({ ...it, lead: it.lead?.displayName })),
        'labels.list': ({ max_results, startAt }) => read(api.labels.getAllLabels({ maxResults: max_results, startAt }), pages('values')),
        'fields.list': () => all(api.issueFields.getFields(), field),
        'filters.list': ({ max_results, startAt }) => read(api.filters.getFiltersPaginated({ expand: 'description,owner,jql', maxResults: max_results, startAt }), pages('values', (it) => ({ ...it, owner: it.owner?.displayName }))),
        'users.me': () => one(api.myself.getCurrentUser(), user),
        'users.search': ({ query }) => all(api.userSearch.findUsers({ query }), user),
        'users.search_assignable': ({ issue: key }) => all(api.userSearch.findAssignableUsers({ issueKey: key }), user),
        'boards.list': ({ kind, project: key }) => read(agile.board.getAllBoards({ type: kind, projectKeyOrId: key }), pages('values')),
        'sprints.list': ({ board_id, state }) => read(agile.board.getAllSprints({ boardId: board_id, state: state.join(',') }), pages('values', sprint)),
        'sprints.list_issues': ({ sprint_id }) => read(agile.sprint.getIssuesForSprint({ sprintId: sprint_id }), pages('issues', issue)),
        'sprints.add_issues': ({ sprint_id, issues }) => agile.sprint.moveIssuesToSprintAndRank({ sprintId: sprint_id, issues }),
    },
    page: (answer) => Array.isArray(answer.items) && 'next' in answer && answer,
    failure: (error) => error instanceof HttpException && { status: error.status },
    account: async () => {
        const me = await api.myself.getCurrentUser()
        return { id: me.accountId, label: me.emailAddress }
    },
    except: {
        'attachments.download': 'the client gives the bytes alone',
        'issues.transition.by-status': 'the connector asks for the transitions first',
        'issues.transition.unknown-status': 'the connector asks for the transitions first',
        'sites.list': 'the client asks for the sites of a token by itself',
    },
})

// The client that GitLab's documentation names for JavaScript; GitLab has none of its own.

import { Gitlab } from '@gitbeaker/rest'
import { base, camel, check, token } from '../shared.mjs'

const api = new Gitlab({ host: base, oauthToken: token, queryTimeout: null, rateLimits: {} })

const username = (user) => user?.username
const usernames = (users) => (users ?? []).map(username)

const project = (it) => ({ ...it, topics: it.topics ?? [] })
const issue = (it) => ({
    ...it,
    author: username(it.author),
    assignees: usernames(it.assignees),
    milestone: it.milestone?.title,
})
const mergeRequest = (it) => ({ ...issue(it), reviewers: usernames(it.reviewers) })
const by = (it) => ({ ...it, author: username(it.author) })
const branch = ({ commit, ...it }) => ({ ...it, commit_id: commit.id })
const tag = ({ commit, release, ...it }) => ({ ...it, commit_id: commit.id, release_description: release?.description })
const release = ({ assets, ...it }) => ({ ...by(it), links: assets?.links ?? [] })
const pipeline = ({ user, ...it }) => ({ ...it, username: username(user) })
const job = ({ pipeline, ...it }) => ({ ...it, pipeline_id: pipeline?.id })

/** Text as it is, anything else in base64. */
function file(it) {
    const bytes = Buffer.from(it.content, 'base64')
    const text = bytes.toString('utf8')
    const isText = Buffer.from(text, 'utf8').equals(bytes)
    return { ...it, encoding: isText ? 'utf-8' : 'base64', content: isText ? text : it.content }
}

/** Options as the client names them; of a list, one page unless all are asked for. */
function options({ input, all_pages }, ...taken) {
    const rest = Object.entries(input).filter(([name]) => !['project', 'group', ...taken].includes(name))
    const named = rest.map(([name, value]) => [
        camel(name),
        ['labels', 'add_labels', 'remove_labels'].includes(name) ? value.join(',') : value,
    ])
    return { ...Object.fromEntries(named), ...(all_pages ? {} : { maxPages: 1 }) }
}

const list = (read, shape = (it) => it) => async (input, call) => (await read(input, call)).map(shape)
const one = (read, shape = (it) => it) => async (input, call) => shape(await read(input, call))
const given = (call, ...taken) => {
    const { maxPages, ...rest } = options(call, ...taken)
    return rest
}

await check({
    methods: {
        'projects.list': list((_, call) => api.Projects.all({ pagination: 'keyset', orderBy: 'id', sort: 'desc', membership: true, ...options(call) }), project),
        'projects.list_in_group': list(({ group }, call) => api.Groups.allProjects(group, options(call)), project),
        'projects.get': one(({ project: id }) => api.Projects.show(id), project),
        'projects.create': one((_, call) => api.Projects.create(given(call)), project),
        'projects.fork': one(({ project: id }, call) => api.Projects.fork(id, given(call)), project),
        'members.list': list(({ project }, call) => api.ProjectMembers.all(project, { includeInherited: true, ...options(call) })),
        'members.add': one(({ project, access_level, user_id }, call) => api.ProjectMembers.add(project, access_level, { userId: user_id, ...given(call, 'access_level', 'user_id') })),
        'issues.list': list(({ project }, call) => api.Issues.all({ projectId: project, ...options(call) }), issue),
        'issues.search': list((_, call) => api.Issues.all({ scope: 'assigned_to_me', state: 'opened', ...options(call) }), issue),
        'issues.get': one(({ project, issue_iid }) => api.Issues.show(issue_iid, { projectId: project }), issue),
        'issues.create': one(({ project, title }, call) => api.Issues.create(project, title, given(call, 'title')), issue),
        'issues.update': one(({ project, issue_iid }, call) => api.Issues.edit(project, issue_iid, given(call, 'issue_iid')), issue),
        'issue_notes.list': list(({ project, issue_iid }, call) => api.IssueNotes.all(project, issue_iid, options(call, 'issue_iid')), by),
        'issue_notes.create': one(({ project, issue_iid, body }) => api.IssueNotes.create(project, issue_iid, body), by),
        'issue_notes.update': one(({ project, issue_iid, note_id, body }) => api.IssueNotes.edit(project, issue_iid, note_id, { body }), by),
        'merge_requests.list': list(({ project }, call) => api.MergeRequests.all({ projectId: project, ...options(call) }), mergeRequest),
        'merge_requests.search': list((_, call) => api.MergeRequests.all({ scope: 'assigned_to_me', state: 'opened', ...options(call) }), mergeRequest),
        'merge_requests.get': one(({ project, merge_request_iid }) => api.MergeRequests.show(project, merge_request_iid), mergeRequest),
        'merge_requests.create': one(({ project, source_branch, target_branch, title }, call) => api.MergeRequests.create(project, source_branch, target_branch, title, given(call, 'source_branch', 'target_branch', 'title')), mergeRequest),
        'merge_requests.update': one(({ project, merge_request_iid }, call) => api.MergeRequests.edit(project, merge_request_iid, given(call, 'merge_request_iid')), mergeRequest),
        'merge_requests.merge': one(({ project, merge_request_iid }, call) => api.MergeRequests.merge(project, merge_request_iid, given(call, 'merge_request_iid')), mergeRequest),
        'merge_requests.list_commits': list(({ project, merge_request_iid }, call) => api.MergeRequests.allCommits(project, merge_request_iid, options(call, 'merge_request_iid'))),
        'merge_requests.list_diffs': list(({ project, merge_request_iid }, call) => api.MergeRequests.allDiffs(project, merge_request_iid, options(call, 'merge_request_iid'))),
        'merge_request_notes.list': list(({ project, merge_request_iid }, call) => api.MergeRequestNotes.all(project, merge_request_iid, options(call, 'merge_request_iid')), by),
        'merge_request_notes.create': one(({ project, merge_request_iid, body }) => api.MergeRequestNotes.create(project, merge_request_iid, body), by),
        'merge_request_notes.update': one(({ project, merge_request_iid, note_id, body }) => api.MergeRequestNotes.edit(project, merge_request_iid, note_id, { body }), by),
        'branches.list': list(({ project }, call) => api.Branches.all(project, options(call)), branch),
        'branches.get': one(({ project, branch: name }) => api.Branches.show(project, name), branch),
        'branches.create': one(({ project, branch: name, ref }) => api.Branches.create(project, name, ref), branch),
        'branches.delete': ({ project, branch: name }) => api.Branches.remove(project, name),
        'commits.list': list(({ project }, call) => api.Commits.all(project, options(call))),
        'commits.get': one(({ project, sha }) => api.Commits.show(project, sha)),
        'commits.create': one(({ project, branch: name, commit_message, actions }, call) => api.Commits.create(project, name, commit_message, actions.map(({ file_path, previous_path, ...it }) => ({ filePath: file_path, previousPath: previous_path, ...it })), given(call, 'branch', 'commit_message', 'actions'))),
        'commits.list_comments': list(({ project, sha }, call) => api.Commits.allComments(project, sha, options(call, 'sha')), by),
        'commits.create_comment': one(({ project, sha, note }, call) => api.Commits.createComment(project, sha, note, given(call, 'sha', 'note')), by),
        'commit_statuses.list': list(({ project, sha }, call) => api.Commits.allStatuses(project, sha, options(call, 'sha')), by),
        'commit_statuses.set': one(({ project, sha, state }, call) => api.Commits.editStatus(project, sha, state, given(call, 'sha', 'state')), by),
        'files.list': list(({ project }, call) => api.Repositories.allRepositoryTrees(project, { pagination: 'offset', ...options(call) })),
        'files.get': one(({ project, path, ref = 'HEAD' }) => api.RepositoryFiles.show(project, path, ref), file),
        'files.create': one(({ project, path, branch: name, content, commit_message }, call) => api.RepositoryFiles.create(project, path, name, content, commit_message, given(call, 'path', 'branch', 'content', 'commit_message'))),
        'files.update': one(({ project, path, branch: name, content, commit_message }, call) => api.RepositoryFiles.edit(project, path, name, content, commit_message, given(call, 'path', 'branch', 'content', 'commit_message'))),
        'tags.list': list(({ project }, call) => api.Tags.all(project, options(call)), tag),
        'tags.get': one(({ project, tag_name }) => api.Tags.show(project, tag_name), tag),
        'releases.list': list(({ project }, call) => api.ProjectReleases.all(project, options(call)), release),
        'releases.get': one(({ project, tag_name }) => api.ProjectReleases.show(project, tag_name), release),
        'releases.create': one(({ project }, call) => api.ProjectReleases.create(project, given(call)), release),
        'pipelines.list': list(({ project }, call) => api.Pipelines.all(project, options(call)), pipeline),
        'pipelines.get': one(({ project, pipeline_id }) => api.Pipelines.show(project, pipeline_id), pipeline),
        'pipelines.create': one(({ project, ref }, call) => api.Pipelines.create(project, ref, given(call, 'ref')), pipeline),
        'pipelines.retry': one(({ project, pipeline_id }) => api.Pipelines.retry(project, pipeline_id), pipeline),
        'pipelines.cancel': one(({ project, pipeline_id }) => api.Pipelines.cancel(project, pipeline_id), pipeline),
        'jobs.list': list(({ project, pipeline_id }, call) => api.Jobs.all(project, { pipelineId: pipeline_id, ...options(call, 'pipeline_id') }), job),
        'jobs.retry': one(({ project, job_id }) => api.Jobs.retry(project, job_id), job),
        'labels.list': list(({ project }, call) => api.ProjectLabels.all(project, options(call))),
        'labels.create': one(({ project, name, color }, call) => api.ProjectLabels.create(project, name, color, given(call, 'name', 'color'))),
        'milestones.list': list(({ project }, call) => api.ProjectMilestones.all(project, options(call))),
        'search.code': list(({ project, search }, call) => api.Search.all('blobs', search, { projectId: project, ...options(call, 'search') })),
        'users.me': one(() => api.Users.showCurrentUser()),
        'users.list': list((_, call) => api.Users.all(options(call))),
    },
    failure: (error) => {
        const response = error?.cause?.response
        return response && { status: response.status }
    },
    account: async () => {
        const user = await api.Users.showCurrentUser()
        return { id: String(user.id), label: user.username }
    },
    except: {
        'files.download': 'the client gives a Blob, which has no name and size of the connector',
        'issues.get.rate-limited': 'the client repeats the call by itself',
        'jobs.get_log': 'the connector cuts the log, which the client gives as it is',
    },
})

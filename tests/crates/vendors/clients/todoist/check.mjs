// Todoist's own client, which validates each answer by the schemas that Todoist keeps for it.

import { TodoistApi, TodoistRequestError } from '@doist/todoist-sdk'
import { base, camel, check, renamed, token } from '../shared.mjs'

const api = new TodoistApi(token, { baseUrl: base })

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

const withClientNames = (method) => (input) => method(renamed(input, camel))

await check({
    methods: Object.fromEntries(Object.entries(methods).map(([action, method]) => [action, withClientNames(method)])),
    name: camel,
    page: ({ results, nextCursor }) => results && { items: results, next: nextCursor && { cursor: nextCursor } },
    failure: (error) => error instanceof TodoistRequestError && {
        status: error.httpStatusCode,
        body: error.responseData,
    },
    account: async () => {
        const user = await api.getUser()
        return { id: user.id, label: user.email }
    },
})

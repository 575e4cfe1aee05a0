// Google's own client. It gives messages as Gmail sends them; headers and texts are read here in plain JavaScript.

import { auth, gmail } from '@googleapis/gmail'
import { base, check, token } from '../shared.mjs'

const credential = new auth.OAuth2()
credential.setCredentials({ access_token: token })
const { users } = gmail({ version: 'v1', auth: credential, rootUrl: `${base}/`, retry: false })

/** Calls a method of the client for the account, and returns the body of the answer. */
const call = async (resource, method, parameters = {}) =>
    (await resource[method]({ userId: 'me', ...parameters })).data

const time = (milliseconds) => (/^\d+$/.test(milliseconds ?? '') ? new Date(Number(milliseconds)) : undefined)
const bytes = (data) => Buffer.from(data, 'base64url')
const plain = (snippet) => snippet?.replaceAll('&#39;', "'").replaceAll('&amp;', '&')
const file = (name, type, content) => ({
    name,
    content_type: type,
    size: content.length,
    content: `data:${type};base64,${content.toString('base64')}`,
})

const ref = ({ id, threadId, labelIds }) => ({ id, thread_id: threadId, label_ids: labelIds })
const threadRef = ({ id, snippet, historyId }) => ({ id, snippet, history_id: historyId })
const draftRef = ({ id, message }) => ({ id, message: message && ref(message) })

const header = (part, name) =>
    part?.headers?.find((it) => it.name.toLowerCase() === name)?.value
const addresses = (text) => (text ? text.split(', ').map((it) => it.replaceAll('"', '')) : [])
const ids = (text) => (text ? text.split(' ').map((it) => it.replace(/[<>]/g, '')) : [])

function summary(message) {
    const { payload } = message
    return {
        id: message.id,
        thread_id: message.threadId,
        subject: header(payload, 'subject'),
        from: addresses(header(payload, 'from'))[0],
        to: addresses(header(payload, 'to')),
        received_at: time(message.internalDate),
        snippet: plain(message.snippet),
        label_ids: message.labelIds ?? [],
    }
}

const leaves = (part) => (part?.parts ? part.parts.flatMap(leaves) : part ? [part] : [])

function email(message, withHtml = false) {
    const { payload } = message
    const parts = leaves(payload)
    const text = (type) => {
        const part = parts.find((it) => it.mimeType === type && !it.filename)
        return part && bytes(part.body.data).toString()
    }
    const date = header(payload, 'date')
    return {
        ...summary(message),
        cc: addresses(header(payload, 'cc')),
        bcc: addresses(header(payload, 'bcc')),
        reply_to: addresses(header(payload, 'reply-to')),
        date: date && new Date(date),
        text: text('text/plain')?.replaceAll('\r\n', '\n'),
        html: withHtml ? text('text/html') : undefined,
        attachments: parts.filter((it) => it.filename).map((it) => ({
            attachment_id: it.body.attachmentId,
            name: it.filename,
            content_type: it.mimeType,
            size: it.body.size,
            content_id: ids(header(it, 'content-id'))[0],
        })),
        message_id: ids(header(payload, 'message-id'))[0],
        in_reply_to: ids(header(payload, 'in-reply-to'))[0],
        references: ids(header(payload, 'references')),
        size: message.sizeEstimate,
    }
}

const label = (it) => ({
    id: it.id,
    name: it.name,
    type: it.type,
    message_list_visibility: it.messageListVisibility,
    label_list_visibility: it.labelListVisibility,
    messages_total: it.messagesTotal,
    messages_unread: it.messagesUnread,
    threads_total: it.threadsTotal,
    threads_unread: it.threadsUnread,
    color: it.color && { text: it.color.textColor, background: it.color.backgroundColor },
})

const filter = ({ id, criteria, action }) => ({
    id,
    criteria: {
        ...criteria,
        negated_query: criteria.negatedQuery,
        has_attachment: criteria.hasAttachment,
        exclude_chats: criteria.excludeChats,
        size_comparison: criteria.sizeComparison,
    },
    action: {
        add_label_ids: action.addLabelIds ?? [],
        remove_label_ids: action.removeLabelIds ?? [],
        forward: action.forward,
    },
})

const vacation = (it) => ({
    enabled: it.enableAutoReply,
    subject: it.responseSubject,
    text: it.responseBodyPlainText,
    html: it.responseBodyHtml,
    contacts_only: it.restrictToContacts,
    domain_only: it.restrictToDomain,
    starts_at: time(it.startTime),
    ends_at: time(it.endTime),
})

const sender = (it) => ({
    email: it.sendAsEmail,
    display_name: it.displayName,
    reply_to: it.replyToAddress,
    signature: it.signature,
    is_primary: it.isPrimary,
    is_default: it.isDefault,
    verification_status: it.verificationStatus,
})

const change = (it) => {
    const emails = (list) => (list ?? []).map(({ message }) => ref(message))
    const labels = (list) => (list ?? []).map((one) => ({ email: ref(one.message), label_ids: one.labelIds ?? [] }))
    return {
        id: it.id,
        added: emails(it.messagesAdded),
        deleted: emails(it.messagesDeleted),
        labels_added: labels(it.labelsAdded),
        labels_removed: labels(it.labelsRemoved),
    }
}

/** Writes a message, as the documentation of the client does. */
const raw = ({ to = [], subject = '', text = '' }) =>
    Buffer.from(`To: ${to.join(', ')}\r\nSubject: ${subject}\r\n\r\n${text}`).toString('base64url')

const search = ({ query, label_ids, limit }) => ({ q: query, labelIds: label_ids, maxResults: limit })
const labels = ({ add_label_ids, remove_label_ids }) =>
    ({ requestBody: { addLabelIds: add_label_ids, removeLabelIds: remove_label_ids } })
const named = (input) => ({
    requestBody: {
        name: input.name,
        color: input.text_color && { textColor: input.text_color, backgroundColor: input.background_color },
    },
})
const { drafts, history, messages, settings, threads } = users

await check({
    methods: {
        'emails.list': async (input) => {
            const list = await call(messages, 'list', search(input))
            const found = []
            for (const { id } of list.messages) {
                const metadataHeaders = ['From', 'To', 'Subject']
                found.push(await call(messages, 'get', { id, format: 'metadata', metadataHeaders }))
            }
            return found.map(summary)
        },
        'emails.list_ids': async (input) => (await call(messages, 'list', search(input))).messages.map(ref),
        'emails.get': async ({ email_id, include_html }) =>
            email(await call(messages, 'get', { id: email_id, format: 'full' }), include_html),
        'emails.download': async ({ email_id }) => {
            const message = await call(messages, 'get', { id: email_id, format: 'raw' })
            return file(`${message.id}.eml`, 'message/rfc822', bytes(message.raw))
        },
        'emails.send': async (input) => ref(await call(messages, 'send', { requestBody: { raw: raw(input) } })),
        'emails.reply': async ({ email_id, text }) => {
            const original = await call(messages, 'get', { id: email_id, format: 'metadata' })
            await call(users, 'getProfile')
            const to = [header(original.payload, 'from')]
            const requestBody = { raw: raw({ to, text }), threadId: original.threadId }
            return ref(await call(messages, 'send', { requestBody }))
        },
        'emails.modify_labels': async ({ email_id, ...input }) =>
            ref(await call(messages, 'modify', { id: email_id, ...labels(input) })),
        'emails.batch_modify_labels': ({ email_ids, ...input }) => {
            const { requestBody } = labels(input)
            return call(messages, 'batchModify', { requestBody: { ids: email_ids, ...requestBody } })
        },
        'emails.trash': async ({ email_id }) => ref(await call(messages, 'trash', { id: email_id })),
        'emails.untrash': async ({ email_id }) => ref(await call(messages, 'untrash', { id: email_id })),
        'emails.delete': ({ email_id }) => call(messages, 'delete', { id: email_id }),
        'emails.batch_delete': ({ email_ids }) =>
            call(messages, 'batchDelete', { requestBody: { ids: email_ids } }),
        'attachments.download': async ({ email_id, attachment_id, name, content_type }) => {
            const parameters = { messageId: email_id, id: attachment_id }
            const { data } = await call(messages.attachments, 'get', parameters)
            return file(name, content_type, bytes(data))
        },
        'drafts.list': async (input) => (await call(drafts, 'list', search(input))).drafts.map(draftRef),
        'drafts.get': async ({ draft_id }) => {
            const { id, message } = await call(drafts, 'get', { id: draft_id, format: 'full' })
            return { id, email: email(message) }
        },
        'drafts.create': async (input) =>
            draftRef(await call(drafts, 'create', { requestBody: { message: { raw: raw(input) } } })),
        'drafts.update': async ({ draft_id, ...input }) => {
            const requestBody = { message: { raw: raw(input) } }
            return draftRef(await call(drafts, 'update', { id: draft_id, requestBody }))
        },
        'drafts.send': async ({ draft_id }) => ref(await call(drafts, 'send', { requestBody: { id: draft_id } })),
        'drafts.delete': ({ draft_id }) => call(drafts, 'delete', { id: draft_id }),
        'threads.list': async (input) => (await call(threads, 'list', search(input))).threads.map(threadRef),
        'threads.get': async ({ thread_id }) => {
            const thread = await call(threads, 'get', { id: thread_id, format: 'full' })
            const emails = thread.messages.map((message) => email(message))
            return { id: thread.id, history_id: thread.historyId, emails }
        },
        'threads.modify_labels': async ({ thread_id, ...input }) =>
            threadRef(await call(threads, 'modify', { id: thread_id, ...labels(input) })),
        'threads.trash': async ({ thread_id }) => threadRef(await call(threads, 'trash', { id: thread_id })),
        'threads.untrash': async ({ thread_id }) => threadRef(await call(threads, 'untrash', { id: thread_id })),
        'threads.delete': ({ thread_id }) => call(threads, 'delete', { id: thread_id }),
        'labels.list': async () => (await call(users.labels, 'list')).labels.map(label),
        'labels.get': async ({ label_id }) => label(await call(users.labels, 'get', { id: label_id })),
        'labels.create': async (input) => label(await call(users.labels, 'create', named(input))),
        'labels.update': async ({ label_id, ...input }) =>
            label(await call(users.labels, 'patch', { id: label_id, ...named(input) })),
        'labels.delete': ({ label_id }) => call(users.labels, 'delete', { id: label_id }),
        'history.list': async ({ start_history_id, history_types }) => {
            const parameters = { startHistoryId: start_history_id, historyTypes: history_types }
            return (await call(history, 'list', parameters)).history.map(change)
        },
        'filters.list': async () => (await call(settings.filters, 'list')).filter.map(filter),
        'filters.get': async ({ filter_id }) => filter(await call(settings.filters, 'get', { id: filter_id })),
        'filters.create': async (input) => {
            const { add_label_ids, remove_label_ids, size_comparison, ...criteria } = input
            const requestBody = {
                criteria: { ...criteria, sizeComparison: size_comparison },
                action: { addLabelIds: add_label_ids, removeLabelIds: remove_label_ids },
            }
            return filter(await call(settings.filters, 'create', { requestBody }))
        },
        'filters.delete': ({ filter_id }) => call(settings.filters, 'delete', { id: filter_id }),
        'vacation.get': async () => vacation(await call(settings, 'getVacation')),
        'vacation.update': async (input) => {
            const requestBody = {
                enableAutoReply: input.enabled,
                responseSubject: input.subject,
                responseBodyPlainText: input.text,
                restrictToContacts: input.contacts_only,
                startTime: String(Date.parse(input.starts_at)),
                endTime: String(Date.parse(input.ends_at)),
            }
            return vacation(await call(settings, 'updateVacation', { requestBody }))
        },
        'send_as.list': async () => (await call(settings.sendAs, 'list')).sendAs.map(sender),
        'profile.get': async () => {
            const it = await call(users, 'getProfile')
            return {
                email: it.emailAddress,
                messages_total: it.messagesTotal,
                threads_total: it.threadsTotal,
                history_id: it.historyId,
            }
        },
    },
    account: async () => {
        const { emailAddress } = await call(users, 'getProfile')
        return { id: emailAddress, label: emailAddress }
    },
})

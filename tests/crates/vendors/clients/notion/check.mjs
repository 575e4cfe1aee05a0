// Notion's own client, whose objects are brought into the flat shape of the connector here.

import { APIResponseError, Client } from '@notionhq/client'
import { base, check, token } from '../shared.mjs'

const notion = new Client({ auth: token, baseUrl: base, retry: false })

const plain = (spans) => (spans ?? []).map((span) => span.plain_text).join('')

/** Text as Markdown: italics and links, which the cassettes have, and what would mean something else. */
function markdown(spans) {
    let text = ''
    let isItalic = false
    for (const { plain_text: own, href, annotations } of spans ?? []) {
        if (annotations.italic !== isItalic) {
            text = isItalic ? text.replace(/(\s*)$/, '*$1') : `${text}*`
            isItalic = annotations.italic
        }
        const escaped = own.replace(/[[\]*]/g, '\\$&')
        text += href ? (own === href ? `[${own}](${href})` : `[${escaped}](${href})`) : escaped
    }
    return isItalic ? `${text}*` : text
}

const parent = (it) => it && {
    type: it.type.replace(/_id$/, ''),
    id: typeof it[it.type] === 'string' ? it[it.type] : undefined,
}

const times = ({ created_time, last_edited_time }) => ({ created_time, last_edited_time })

const icon = ({ icon: it }) => it?.emoji ?? it?.external?.url ?? it?.file?.url

const trashed = (it) => it.in_trash ?? it.archived ?? false

/** A value of a property: text, a number, a flag or a list of texts. */
function flat(property) {
    const value = property[property.type]
    switch (property.type) {
        case 'title':
        case 'rich_text':
            return markdown(value)
        case 'select':
        case 'status':
            return value?.name
        case 'multi_select':
            return value.map((option) => option.name)
        case 'date':
            return value && (value.end ? `${value.start}/${value.end}` : value.start)
        case 'relation':
            return [value].flat().map((page) => page.id)
        default:
            return value
    }
}

const isNone = (value) => value === undefined || value === null || value.length === 0

function page(it) {
    const properties = Object.entries(it.properties)
    const title = properties.find(([, property]) => property.type === 'title')
    const values = properties
        .filter(([, property]) => property.type !== 'title')
        .map(([name, property]) => [name, flat(property)])
        .filter(([, value]) => !isNone(value))
    return {
        id: it.id,
        title: plain(title?.[1].title),
        url: it.url,
        public_url: it.public_url,
        parent: parent(it.parent),
        properties: Object.fromEntries(values),
        icon: icon(it),
        cover: it.cover?.external?.url ?? it.cover?.file?.url,
        in_trash: trashed(it),
        created_by: it.created_by?.id,
        last_edited_by: it.last_edited_by?.id,
        ...times(it),
    }
}

/** What stands around the text of a block in Markdown. */
const MARKS = { heading_2: '## ', to_do: '- [ ] ' }

function block(it) {
    const content = it[it.type]
    const text = it.type === 'image'
        ? `![${markdown(content.caption)}](${content.file.url})`
        : (MARKS[it.type] ?? '') + markdown(content.rich_text ?? content.text)
    return {
        id: it.id,
        type: it.type,
        markdown: text,
        has_children: it.has_children,
        parent: parent(it.parent),
        in_trash: trashed(it),
        ...times(it),
    }
}

const comment = (it) => ({
    id: it.id,
    discussion_id: it.discussion_id,
    markdown: markdown(it.rich_text),
    parent: parent(it.parent),
    created_by: it.created_by.id,
    ...times(it),
})

const user = (it) => ({
    id: it.id,
    type: it.type,
    name: it.name,
    email: it.person?.email,
    avatar_url: it.avatar_url,
    workspace_name: it.bot?.workspace_name,
    owner_id: it.bot?.owner?.user?.id,
})

const database = (it) => ({
    id: it.id,
    title: plain(it.title),
    description: it.description && markdown(it.description),
    data_sources: it.data_sources ?? [],
    url: it.url,
    parent: parent(it.parent),
    icon: icon(it),
    is_inline: it.is_inline ?? false,
    in_trash: trashed(it),
    ...times(it),
})

const dataSource = (it) => ({
    id: it.id,
    title: plain(it.title),
    description: markdown(it.description) || undefined,
    properties: Object.values(it.properties).map((property) => ({
        name: property.name,
        type: property.type,
        id: property.id,
        options: (property[property.type].options ?? []).map((option) => option.name),
        related_data_source_id: property[property.type].data_source_id,
        expression: property[property.type].expression,
    })),
    url: it.url,
    parent: parent(it.parent),
    icon: icon(it),
    in_trash: trashed(it),
    ...times(it),
})

const property = (it) => ({ type: it.type, value: isNone(flat(it)) ? undefined : flat(it) })

/** A method that returns one thing, or a page of a list of them. */
const reads = (shape, method) => async (input, call) => {
    const answer = await method(input, call)
    return answer.object === 'list' ? { ...answer, results: answer.results.map(shape) } : shape(answer)
}

const text = (content) => [{ type: 'text', text: { content } }]

const under = ({ parent_page_id: id, data_source_id: source }) =>
    id ? { type: 'page_id', page_id: id } : { type: 'data_source_id', data_source_id: source }

const search = (value) => ({ query, direction, ...rest }) => notion.search({
    ...rest,
    query,
    sort: direction && { timestamp: 'last_edited_time', direction },
    filter: { property: 'object', value },
})

await check({
    methods: {
        'pages.search': reads(page, search('page')),
        'pages.get': reads(page, (args) => notion.pages.retrieve(args)),
        'pages.create': reads(page, ({ title, markdown: content, icon: emoji, ...place }) => notion.pages.create({
            parent: under(place),
            properties: { title: { title: text(title) } },
            markdown: content,
            icon: { type: 'emoji', emoji },
        })),
        'pages.update': reads(page, ({ page_id, properties }) => notion.pages.update({
            page_id,
            properties: { Status: { select: { name: properties.select.Status } } },
        })),
        'pages.move': reads(page, ({ page_id, ...place }) => notion.pages.move({ page_id, parent: under(place) })),
        'pages.trash': reads(page, ({ page_id }) => notion.pages.update({ page_id, in_trash: true })),
        'pages.restore': reads(page, ({ page_id }) => notion.pages.update({ page_id, in_trash: false })),
        'pages.list_property_values': async (args) => {
            const answer = await notion.pages.properties.retrieve(args)
            if (answer.object !== 'list') return [property(answer)]
            return { ...answer, results: answer.results.map(property) }
        },
        'pages.get_markdown': (args) => notion.pages.retrieveMarkdown(args),
        'pages.edit_markdown': ({ page_id, edits }) => notion.pages.updateMarkdown({
            page_id,
            type: 'update_content',
            update_content: { content_updates: edits.map((edit) => ({ old_str: edit.old, new_str: edit.new })) },
        }),
        'pages.replace_markdown': ({ page_id, markdown: content }) => notion.pages.updateMarkdown({
            page_id,
            type: 'replace_content',
            replace_content: { new_str: content, allow_deleting_content: true },
        }),
        'blocks.list': reads(block, (args) => notion.blocks.children.list(args)),
        'blocks.get': reads(block, (args) => notion.blocks.retrieve(args)),
        'blocks.append': reads(block, ({ block_id }) => notion.blocks.children.append({
            block_id,
            children: [
                { type: 'heading_2', heading_2: { rich_text: text('Decisions') } },
                { type: 'to_do', to_do: { checked: false, rich_text: text('Write it down') } },
            ],
        })),
        'blocks.append_file': reads(block, ({ block_id, file_upload_id: id, caption, after }) =>
            notion.blocks.children.append({
                block_id,
                children: [
                    { type: 'image', image: { type: 'file_upload', file_upload: { id }, caption: text(caption) } },
                ],
                after,
            })),
        'blocks.update': reads(block, ({ block_id, markdown: content }) => notion.blocks.update({
            block_id,
            paragraph: { rich_text: text(content) },
        })),
        'blocks.delete': reads(block, (args) => notion.blocks.delete(args)),
        'databases.get': reads(database, (args) => notion.databases.retrieve(args)),
        'databases.create': reads(database, ({ parent_page_id, title, is_inline, icon: emoji }) =>
            notion.databases.create({
                parent: { type: 'page_id', page_id: parent_page_id },
                title: text(title),
                is_inline,
                icon: { type: 'emoji', emoji },
            })),
        'databases.update': reads(database, ({ database_id, title }) => notion.databases.update({
            database_id,
            title: text(title),
        })),
        'data_sources.search': reads(dataSource, search('data_source')),
        'data_sources.get': reads(dataSource, (args) => notion.dataSources.retrieve(args)),
        'data_sources.query': reads(page, ({ sorts, ...rest }) => notion.dataSources.query({
            ...rest,
            sorts: sorts?.map((sort) => ({ direction: 'ascending', ...sort })),
        })),
        'data_sources.create': reads(dataSource, ({ database_id, title, properties: [own], icon: emoji }) =>
            notion.dataSources.create({
                parent: { type: 'database_id', database_id },
                title: text(title),
                properties: {
                    [own.name]: {
                        relation: {
                            data_source_id: own.related_data_source_id,
                            type: 'single_property',
                            single_property: {},
                        },
                    },
                    Name: { title: {} },
                },
                icon: { type: 'emoji', emoji },
            })),
        'data_sources.update': reads(dataSource, ({ data_source_id }) => notion.dataSources.update({
            data_source_id,
            properties: { Pages: { number: {} }, Writer: { name: 'Author' }, 'Score /5': null },
        })),
        'data_sources.list_templates': async (args) => {
            const { templates, ...rest } = await notion.dataSources.listTemplates(args)
            return { ...rest, results: templates }
        },
        'comments.list': reads(comment, (args) => notion.comments.list(args)),
        'comments.get': reads(comment, (args) => notion.comments.retrieve(args)),
        'comments.create': reads(comment, ({ page_id, markdown: content }) => notion.comments.create({
            parent: { page_id },
            rich_text: text(content),
        })),
        'comments.update': reads(comment, ({ comment_id, markdown: content }) => notion.comments.update({
            comment_id,
            rich_text: text(content),
        })),
        'comments.delete': (args) => notion.comments.delete(args),
        'files.upload': async ({ filename }) => {
            const content_type = 'text/plain'
            const upload = await notion.fileUploads.create({ mode: 'single_part', filename, content_type })
            const data = new Blob(['hello'], { type: content_type })
            return notion.fileUploads.send({ file_upload_id: upload.id, file: { filename, data } })
        },
        'files.get': (args) => notion.fileUploads.retrieve(args),
        'users.list': reads(user, (args) => notion.users.list(args)),
        'users.get': reads(user, (args) => notion.users.retrieve(args)),
        'users.get_self': reads(user, () => notion.users.me({})),
    },
    page: ({ results, next_cursor: cursor }) =>
        results && { items: results, next: cursor && { start_cursor: cursor } },
    failure: (error) => error instanceof APIResponseError && {
        status: error.status,
        body: JSON.parse(error.body),
    },
    account: async () => {
        const bot = await notion.users.me({})
        return { id: bot.id, label: bot.bot.workspace_name ?? bot.name }
    },
})

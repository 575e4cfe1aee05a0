// The client of discord.js, which Discord's documentation points to; Discord has none of its own.

import { API } from '@discordjs/core'
import { DiscordAPIError, RateLimitError, REST } from '@discordjs/rest'
import { base, check, token } from '../shared.mjs'

const client = () => {
    const rest = new REST({
        api: `${base}/api`,
        version: '10',
        retries: 0,
        // It waits, or fails here, before it has asked.
        rejectOnRateLimit: () => true,
    })
    return new API(rest.setToken(token))
}

/** Calls by a client of their own each: it counts what it may do, and forgets a token that is refused. */
const each = (part) => new Proxy({}, { get: (_, method) => (...given) => client()[part][method](...given) })
const [channels, guilds, users, webhooks] = ['channels', 'guilds', 'users', 'webhooks'].map(each)

/** A page that goes on beside an item, if it is full. */
const page = (items, limit, next) => ({ items, next: items.length === limit && next(items) })
const after = (items) => ({ after: items.at(-1).id })

/** The client returns nothing for an answer without content. */
const nothing = async (promise) => (await promise) ?? {}

const allowed = (mentions) => mentions && { parse: mentions }
const PINS = 'the client asks the older paths of pins'
const kinds = { text: 0, voice: 2, category: 4, announcement: 5, forum: 15 }

await check({
    methods: {
        'guilds.list': async ({ limit = 200 }) => page(await users.getGuilds({ limit, with_counts: true }), limit, after),
        'guilds.get': ({ guild_id }) => guilds.get(guild_id, { with_counts: true }),
        'channels.list': async ({ guild_id }) => ({ items: await guilds.getChannels(guild_id) }),
        'channels.get': ({ channel_id }) => channels.get(channel_id),
        'channels.create': ({ guild_id, kind = 'text', reason, ...body }) =>
            guilds.createChannel(guild_id, { ...body, type: kinds[kind] }, { reason }),
        'channels.update': ({ channel_id, reason, ...body }) => channels.edit(channel_id, body, { reason }),
        'channels.delete': ({ channel_id, reason }) => channels.delete(channel_id, { reason }),
        'messages.list': async ({ channel_id, limit = 50, ...query }) => {
            const items = await channels.getMessages(channel_id, { ...query, limit })
            const next = (items) => query.after ? { after: items[0].id } : { before: items.at(-1).id }
            return page(items, limit, next)
        },
        'messages.get': ({ channel_id, message_id }) => channels.getMessage(channel_id, message_id),
        'messages.send': ({ channel_id, mentions, ...body }) =>
            channels.createMessage(channel_id, { ...body, allowed_mentions: allowed(mentions) }),
        'messages.reply': ({ channel_id, message_id, content, mention_author = true }) => channels.createMessage(channel_id, {
            content,
            message_reference: { message_id },
            allowed_mentions: { parse: ['users', 'roles', 'everyone'], replied_user: mention_author },
        }),
        'messages.update': ({ channel_id, message_id, ...body }) => channels.editMessage(channel_id, message_id, body),
        'messages.delete': ({ channel_id, message_id, reason }) => nothing(channels.deleteMessage(channel_id, message_id, { reason })),
        'messages.delete_many': ({ channel_id, message_ids, reason }) =>
            nothing(channels.bulkDeleteMessages(channel_id, message_ids, { reason })),
        'reactions.list': async ({ channel_id, message_id, emoji, limit = 100 }) =>
            page(await channels.getMessageReactions(channel_id, message_id, emoji, { limit }), limit, after),
        'reactions.add': ({ channel_id, message_id, emoji }) => nothing(channels.addMessageReaction(channel_id, message_id, emoji)),
        'reactions.remove': ({ channel_id, message_id, emoji }) =>
            nothing(channels.deleteOwnMessageReaction(channel_id, message_id, emoji)),
        'threads.list': async ({ guild_id }) => ({ items: (await guilds.getActiveThreads(guild_id)).threads }),
        'threads.create': ({ channel_id, name, private: isPrivate, reason }) =>
            channels.createThread(channel_id, { name, type: isPrivate ? 12 : 11 }, undefined, { reason }),
        'threads.create_from_message': async ({ channel_id, message_id, name, reason }) => {
            try {
                return await channels.createThread(channel_id, { name }, message_id, { reason })
            } catch (error) {
                if (error.code !== 160004) throw error
                return channels.get(message_id)
            }
        },
        'threads.update': ({ thread_id, reason, ...body }) => channels.edit(thread_id, body, { reason }),
        'members.list': async ({ guild_id, limit = 100 }) =>
            page(await guilds.getMembers(guild_id, { limit }), limit, (items) => ({ after: items.at(-1).user.id })),
        'members.get': ({ guild_id, user_id }) => guilds.getMember(guild_id, user_id),
        'members.search': async ({ guild_id, limit = 20, ...query }) =>
            ({ items: await guilds.searchForMembers(guild_id, { ...query, limit }) }),
        'members.update': ({ guild_id, user_id, reason, ...body }) => guilds.editMember(guild_id, user_id, body, { reason }),
        'members.kick': ({ guild_id, user_id, reason }) => nothing(guilds.removeMember(guild_id, user_id, { reason })),
        'members.ban': ({ guild_id, user_id, reason, ...body }) => nothing(guilds.banUser(guild_id, user_id, body, { reason })),
        'members.unban': ({ guild_id, user_id, reason }) => nothing(guilds.unbanUser(guild_id, user_id, { reason })),
        'roles.list': async ({ guild_id }) => ({ items: await guilds.getRoles(guild_id) }),
        'roles.assign': ({ guild_id, user_id, role_id, reason }) =>
            nothing(guilds.addRoleToMember(guild_id, user_id, role_id, { reason })),
        'roles.remove': ({ guild_id, user_id, role_id, reason }) =>
            nothing(guilds.removeRoleFromMember(guild_id, user_id, role_id, { reason })),
        'webhooks.list': async ({ channel_id }) => ({ items: await channels.getWebhooks(channel_id) }),
        'webhooks.create': ({ channel_id, name, reason }) => channels.createWebhook(channel_id, { name }, { reason }),
        'webhooks.delete': ({ webhook_id, reason }) => nothing(webhooks.delete(webhook_id, { reason })),
        'users.get': ({ user_id }) => users.get(user_id),
        'users.get_current': () => users.getCurrent(),
        'users.open_dm': ({ recipient_id }) => users.createDM(recipient_id),
    },
    page: (answer) => answer.items && answer,
    failure: (error) => {
        if (error instanceof RateLimitError) return { status: 429 }
        return error instanceof DiscordAPIError && { status: error.status, body: error.rawError }
    },
    account: async () => {
        const { id, username } = await users.getCurrent()
        return { id, label: username }
    },
    except: {
        'pins.list': PINS,
        'pins.add': PINS,
        'pins.remove': PINS,
        'webhooks.send': 'a webhook has a token of its own in the path',
    },
})

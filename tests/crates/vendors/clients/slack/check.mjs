// Slack's own client, which posts every call as a form and does not look into answers.

import { ErrorCode, LogLevel, WebClient } from '@slack/web-api'
import { base, check, token } from '../shared.mjs'

const slack = new WebClient(token, {
    slackApiUrl: `${base}/api/`,
    logLevel: LogLevel.ERROR,
    rejectRateLimitedCalls: true,
    retryConfig: { retries: 0 },
})

const sent = ({ channel, ts, message }) => ({ ...message, channel, ts })
const channel = ({ topic, purpose, ...rest }) => ({ ...rest, topic: topic?.value, purpose: purpose?.value })
const group = ({ user_count, ...rest }) => ({ ...rest, user_count: Number(user_count) })
const whole = (items) => ({ items })

/** A page of a list that goes on at a cursor. */
const page = (answer, items) => {
    const cursor = answer.response_metadata?.next_cursor
    return { items, next: cursor && { cursor } }
}

/** Slack answers with an error where things are as they should be already; the connector takes it for done. */
async function settled(promise, ...words) {
    try {
        return await promise
    } catch (error) {
        if (words.includes(error.data?.error)) return {}
        throw error
    }
}

const upload = async ({ filename, content, title, channel, thread_ts, initial_comment }) => {
    const file = Buffer.from(content.split(',')[1], 'base64')
    const args = { filename, file, title, channel_id: channel, thread_ts, initial_comment }
    const { files } = await slack.filesUploadV2(args)
    return files[0].files[0]
}

await check({
    methods: {
        'messages.send': async (args) => sent(await slack.chat.postMessage(args)),
        'messages.update': async (args) => sent(await slack.chat.update(args)),
        'messages.delete': (args) => slack.chat.delete(args),
        'messages.list': async (args) => {
            const answer = await slack.conversations.history(args)
            return page(answer, answer.messages)
        },
        'messages.search': async (args) => whole((await slack.search.messages(args)).messages.matches),
        'messages.get_permalink': ({ channel, ts }) => slack.chat.getPermalink({ channel, message_ts: ts }),
        'messages.send_ephemeral': (args) => slack.chat.postEphemeral(args),
        'scheduled_messages.create': async (args) => {
            const { scheduled_message_id: id, channel, post_at, message } = await slack.chat.scheduleMessage(args)
            return { id, channel, post_at: Number(post_at), text: message.text }
        },
        'scheduled_messages.list': async (args) => {
            const answer = await slack.chat.scheduledMessages.list(args)
            const one = ({ id, channel_id, ...rest }) => ({ ...rest, id: String(id), channel: channel_id })
            return page(answer, answer.scheduled_messages.map(one))
        },
        'scheduled_messages.delete': (args) => slack.chat.deleteScheduledMessage(args),
        'threads.reply': async (args) => sent(await slack.chat.postMessage(args)),
        'threads.list': async (args) => {
            const answer = await slack.conversations.replies(args)
            return page(answer, answer.messages)
        },
        'channels.list': async ({ types, ...args }) => {
            const answer = await slack.conversations.list({ ...args, types: types?.join() })
            return page(answer, answer.channels.map(channel))
        },
        'channels.get': async (args) => channel((await slack.conversations.info(args)).channel),
        'channels.create': async (args) => channel((await slack.conversations.create(args)).channel),
        'channels.rename': async (args) => channel((await slack.conversations.rename(args)).channel),
        'channels.set_topic': (args) => slack.conversations.setTopic(args),
        'channels.set_purpose': (args) => slack.conversations.setPurpose(args),
        'channels.archive': (args) => settled(slack.conversations.archive(args), 'already_archived'),
        'channels.unarchive': (args) => slack.conversations.unarchive(args),
        'channels.invite': async ({ users, ...args }) => {
            const answer = await slack.conversations.invite({ ...args, users: users.join() })
            return channel(answer.channel)
        },
        'channels.remove_member': (args) => slack.conversations.kick(args),
        'channels.join': async (args) => channel((await slack.conversations.join(args)).channel),
        'channels.leave': (args) => slack.conversations.leave(args),
        'channels.list_members': async (args) => {
            const answer = await slack.conversations.members(args)
            return page(answer, answer.members)
        },
        'conversations.open': async ({ users }) => {
            const answer = await slack.conversations.open({ users: users.join() })
            return channel(answer.channel)
        },
        'users.list': async (args) => {
            const answer = await slack.users.list(args)
            return page(answer, answer.members)
        },
        'users.get': async (args) => (await slack.users.info(args)).user,
        'users.find_by_email': async (args) => (await slack.users.lookupByEmail(args)).user,
        'users.list_channels': async ({ types, ...args }) => {
            const answer = await slack.users.conversations({ ...args, types: types?.join() })
            return page(answer, answer.channels.map(channel))
        },
        'users.set_status': async (profile) => (await slack.users.profile.set({ profile })).profile,
        'reactions.list': async ({ channel, ts }) => {
            const { message } = await slack.reactions.get({ channel, timestamp: ts, full: true })
            return whole(message.reactions)
        },
        'reactions.add': ({ ts, ...args }) => settled(slack.reactions.add({ ...args, timestamp: ts }), 'already_reacted'),
        'reactions.remove': ({ ts, ...args }) => settled(slack.reactions.remove({ ...args, timestamp: ts }), 'no_reaction'),
        'pins.list': async (args) => whole((await slack.pins.list(args)).items),
        'pins.add': ({ channel, ts }) => slack.pins.add({ channel, timestamp: ts }),
        'pins.remove': ({ channel, ts }) => slack.pins.remove({ channel, timestamp: ts }),
        'files.list': async (args) => whole((await slack.files.list(args)).files),
        'files.get': async (args) => (await slack.files.info(args)).file,
        'files.upload': upload,
        'files.delete': (args) => slack.files.delete(args),
        'user_groups.list': async (args) => whole((await slack.usergroups.list(args)).usergroups.map(group)),
        'user_groups.list_members': async (args) => whole((await slack.usergroups.users.list(args)).users),
        'team.get': async () => (await slack.team.info()).team,
    },
    page: (answer) => answer.items && answer,
    failure: (error) => {
        if (error.code === ErrorCode.RateLimitedError) return { status: 429 }
        if (error.code !== ErrorCode.PlatformError) return undefined
        // The client adds an object for what headers say.
        const { response_metadata: metadata, ...body } = error.data
        const isAdded = Object.keys(metadata ?? {}).length === 0
        return { status: 200, body: isAdded ? body : error.data }
    },
    account: async () => {
        const { team_id, user_id, user, team } = await slack.auth.test()
        return { id: `${team_id}/${user_id}`, label: `${user} (${team})` }
    },
    except: { 'files.download': 'the client has no method that downloads' },
})

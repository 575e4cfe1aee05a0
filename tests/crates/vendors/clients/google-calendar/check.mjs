// Google's own client.

import { auth, calendar } from '@googleapis/calendar'
import { base, camel, check, token } from '../shared.mjs'

const credential = new auth.OAuth2()
credential.setCredentials({ access_token: token })
const { acl, calendarList, calendars, colors, events, freebusy, settings } =
    calendar({ version: 'v3', auth: credential, rootUrl: `${base}/`, retry: false })

/** What the client calls fields that it does not call by the connector's name. */
const names = {
    meet_url: 'hangoutLink',
    conference: 'conferenceData',
    kind: 'entryPointType',
    html_url: 'htmlLink',
    ical_uid: 'iCalUID',
    created_at: 'created',
    updated_at: 'updated',
    original_start: 'originalStartTime',
    is_self: 'self',
    events: 'items',
    page_token: 'nextPageToken',
    sync_token: 'nextSyncToken',
}

/** Names the conference's id as the connector does, and makes lists of those that Google leaves out. */
const event = (it) => ({
    ...it,
    attendees: it.attendees ?? [],
    conferenceData: it.conferenceData && {
        id: it.conferenceData.conferenceId,
        entryPoints: it.conferenceData.entryPoints ?? [],
    },
    reminders: it.reminders && { ...it.reminders, overrides: it.reminders.overrides ?? [] },
})

const busy = (it) => ({ busy: it.busy ?? [], errors: (it.errors ?? []).map(({ reason }) => ({ reason })) })

const call = async (resource, method, parameters) => (await resource[method](parameters)).data
const items = async (resource, method, parameters) => (await call(resource, method, parameters)).items

/** The event that an input is about. */
const of = ({ calendar_id = 'primary', event_id }) => ({ calendarId: calendar_id, eventId: event_id })
const time = (text, timeZone) => {
    if (text.length === 10) return { date: text }
    return { dateTime: text.length === 16 ? `${text}:00` : text, timeZone }
}
const own = ({ calendar_id = 'primary', rule_id }) => ({ calendarId: calendar_id, ruleId: rule_id })

await check({
    methods: {
        'events.list': async (input) => (await items(events, 'list', {
            ...of(input),
            timeMin: input.time_min,
            timeMax: input.time_max,
            q: input.query,
            singleEvents: input.expand_recurring ?? true,
            orderBy: input.order_by,
            maxResults: input.limit,
        })).map(event),
        'events.list_changes': async (input) => {
            const changes = await call(events, 'list', { ...of(input), syncToken: input.sync_token })
            return { ...changes, items: changes.items.map(event) }
        },
        'events.get': async (input) => event(await call(events, 'get', of(input))),
        'events.list_instances': async (input) =>
            (await items(events, 'instances', { ...of(input), maxResults: input.limit })).map(event),
        'events.create': async (input) => event(await call(events, 'insert', {
            ...of(input),
            sendUpdates: input.send_updates,
            conferenceDataVersion: input.add_conference ? 1 : undefined,
            requestBody: {
                id: input.id,
                summary: input.summary,
                description: input.description,
                location: input.location,
                start: time(input.start, input.time_zone),
                end: time(input.end, input.time_zone),
                attendees: input.attendees,
                recurrence: input.recurrence,
            },
        })),
        'events.quick_add': async (input) =>
            event(await call(events, 'quickAdd', { ...of(input), text: input.text })),
        'events.update': async (input) => event(await call(events, 'patch', {
            ...of(input),
            sendUpdates: input.send_updates,
            requestBody: {
                summary: input.summary,
                start: { date: null, dateTime: input.start },
                end: { date: null, dateTime: input.end },
                location: input.location,
            },
        })),
        'events.respond': async (input) => {
            const { attendees } = await call(events, 'get', { ...of(input), fields: 'attendees' })
            const guest = attendees.find((it) => it.self)
            Object.assign(guest, { responseStatus: input.answer, comment: input.comment })
            const sendUpdates = input.send_updates
            return event(await call(events, 'patch', { ...of(input), sendUpdates, requestBody: { attendees } }))
        },
        'events.move': async (input) =>
            event(await call(events, 'move', { ...of(input), destination: input.destination_calendar_id })),
        'events.delete': (input) => call(events, 'delete', { ...of(input), sendUpdates: input.send_updates }),
        'free_busy.query': async (input) => {
            const found = await call(freebusy, 'query', {
                requestBody: {
                    timeMin: input.time_min,
                    timeMax: input.time_max,
                    timeZone: input.time_zone,
                    items: input.calendar_ids.map((id) => ({ id })),
                },
            })
            const entries = Object.entries(found.calendars).map(([id, it]) => [id, busy(it)])
            return { calendars: Object.fromEntries(entries) }
        },
        'calendars.list': ({ min_access_role, limit }) =>
            items(calendarList, 'list', { minAccessRole: min_access_role, maxResults: limit }),
        'calendars.get': ({ calendar_id }) => call(calendarList, 'get', { calendarId: calendar_id }),
        'calendars.subscribe': ({ calendar_id }) =>
            call(calendarList, 'insert', { requestBody: { id: calendar_id } }),
        'calendars.set_display': ({ calendar_id, summary, color_id, selected }) => call(calendarList, 'patch', {
            calendarId: calendar_id,
            requestBody: { summaryOverride: summary, colorId: color_id, selected },
        }),
        'calendars.unsubscribe': ({ calendar_id }) => call(calendarList, 'delete', { calendarId: calendar_id }),
        'calendars.create': ({ summary, time_zone }) =>
            call(calendars, 'insert', { requestBody: { summary, timeZone: time_zone } }),
        'calendars.update': ({ calendar_id, summary, description }) =>
            call(calendars, 'patch', { calendarId: calendar_id, requestBody: { summary, description } }),
        'calendars.delete': ({ calendar_id }) => call(calendars, 'delete', { calendarId: calendar_id }),
        'calendars.clear': () => call(calendars, 'clear', { calendarId: 'primary' }),
        'acl.list': (input) => items(acl, 'list', own(input)),
        'acl.get': (input) => call(acl, 'get', own(input)),
        'acl.create': (input) => call(acl, 'insert', {
            ...own(input),
            sendNotifications: input.send_notifications,
            requestBody: { role: input.role, scope: { type: input.scope_type, value: input.scope_value } },
        }),
        'acl.update': (input) => call(acl, 'patch', { ...own(input), requestBody: { role: input.role } }),
        'acl.delete': (input) => call(acl, 'delete', own(input)),
        'colors.get': () => call(colors, 'get'),
        'settings.list': () => items(settings, 'list'),
        'settings.get': ({ setting }) => call(settings, 'get', { setting }),
    },
    name: (it) => names[it] ?? camel(it),
    failure: (error) => error.response && { status: error.response.status, body: error.response.data },
    account: async () => {
        const { id } = await call(calendarList, 'get', { calendarId: 'primary' })
        return { id, label: id }
    },
})

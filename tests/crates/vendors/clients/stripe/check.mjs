// Stripe's own client, which reads answers in the version of the API that the connector asks for.

import Stripe from 'stripe'
import { base, check, token } from '../shared.mjs'

const { hostname, port } = new URL(base)
const stripe = new Stripe(token, {
    apiVersion: '2022-11-15',
    host: hostname,
    port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
})

const idOf = (value) => value?.id ?? value

/** Fields in which the connector has an id, whether or not the object was expanded. */
const REFERENCES = ['balance_transaction', 'product', 'price', 'customer', 'payment_intent', 'invoice', 'source']

/** Finds what is at a path, in a list for each item. */
const at = (value, [name, ...rest]) => {
    if (name === undefined) return value
    if (Array.isArray(value)) return value.map((it) => at(it, [name, ...rest]))
    return at(value?.[name], rest)
}

/** Brings an object into the connector's shape: ids in place of objects, and lists without their frame. */
function shaped(value, isOuter = true) {
    if (Array.isArray(value)) return value.map((it) => shaped(it, false))
    if (value === null || typeof value !== 'object') return value
    // What happened is passed on as it is.
    if (value.object === 'event') return value
    const entries = Object.entries(value).map(([name, it]) => {
        if (!isOuter && value.object === 'subscription_item' && name === 'price') return [name, shaped(it, false)]
        if (REFERENCES.includes(name)) return [name, idOf(it)]
        return [name, shaped(it?.object === 'list' ? it.data : it, false)]
    })
    return Object.fromEntries(entries)
}

/** Reads one object, with those that were expanded. */
const one = async (answer, expand) => {
    // The client has decimal numbers as objects of their own.
    const value = JSON.parse(JSON.stringify(await answer))
    const expanded = expand && Object.fromEntries(expand.map((path) => [path, at(value, path.split('.'))]))
    return { ...shaped(value), ...(expanded && { expanded }) }
}

const many = async (answer) => {
    const { data, has_more, next_page } = JSON.parse(JSON.stringify(await answer))
    const next = next_page ? { page: next_page } : { starting_after: data.at(-1)?.id }
    return { items: data.map((it) => shaped(it)), next: (has_more || next_page) && next }
}

/** The client clears a field with an empty text. */
const cleared = (input) => Object.fromEntries(Object.entries(input).map(([name, it]) => [name, it ?? '']))

const sold = ({ line_items, ...input }) => ({
    line_items: line_items.map((item) => ({ quantity: 1, ...item })),
    ...input,
})

await check({
    methods: {
        'customers.list': (input) => many(stripe.customers.list(input)),
        'customers.search': (input) => many(stripe.customers.search(input)),
        'customers.get': ({ customer }) => one(stripe.customers.retrieve(customer)),
        'customers.create': (input) => one(stripe.customers.create(input)),
        'customers.update': ({ customer, ...input }) => one(stripe.customers.update(customer, cleared(input))),
        'customers.delete': ({ customer }) => one(stripe.customers.del(customer)),
        'payment_intents.list': (input) => many(stripe.paymentIntents.list(input)),
        'payment_intents.get': ({ payment_intent }) => one(stripe.paymentIntents.retrieve(payment_intent)),
        'payment_intents.create': (input) => one(stripe.paymentIntents.create(
            input.payment_method_types ? input : { ...input, automatic_payment_methods: { enabled: true } },
        )),
        'payment_intents.confirm': ({ payment_intent, ...input }) =>
            one(stripe.paymentIntents.confirm(payment_intent, input)),
        'payment_intents.capture': ({ payment_intent }) => one(stripe.paymentIntents.capture(payment_intent)),
        'payment_intents.cancel': ({ payment_intent, ...input }) =>
            one(stripe.paymentIntents.cancel(payment_intent, input)),
        'charges.list': (input) => many(stripe.charges.list(input)),
        'charges.search': (input) => many(stripe.charges.search(input)),
        'charges.get': ({ charge, ...input }) => one(stripe.charges.retrieve(charge, input), input.expand),
        'refunds.list': (input) => many(stripe.refunds.list(input)),
        'refunds.create': (input) => one(stripe.refunds.create(input)),
        'products.list': (input) => many(stripe.products.list(input)),
        'products.get': ({ product }) => one(stripe.products.retrieve(product)),
        'products.create': (input) => one(stripe.products.create(input)),
        'products.update': ({ product, ...input }) => one(stripe.products.update(product, cleared(input))),
        'prices.list': (input) => many(stripe.prices.list(input)),
        'prices.get': ({ price }) => one(stripe.prices.retrieve(price)),
        'prices.create': (input) => one(stripe.prices.create(input)),
        'invoices.list': (input) => many(stripe.invoices.list(input)),
        'invoices.get': ({ invoice }) => one(stripe.invoices.retrieve(invoice)),
        'invoices.create': (input) => one(stripe.invoices.create(input)),
        'invoices.finalize': ({ invoice }) => one(stripe.invoices.finalizeInvoice(invoice)),
        'invoices.send': ({ invoice }) => one(stripe.invoices.sendInvoice(invoice)),
        'invoices.void': ({ invoice }) => one(stripe.invoices.voidInvoice(invoice)),
        'invoice_items.create': (input) => one(stripe.invoiceItems.create(input)),
        'subscriptions.list': (input) => many(stripe.subscriptions.list(input)),
        'subscriptions.get': ({ subscription, ...input }) =>
            one(stripe.subscriptions.retrieve(subscription, input), input.expand),
        'subscriptions.create': (input) => one(stripe.subscriptions.create(input)),
        'subscriptions.update': ({ subscription, ...input }) => one(stripe.subscriptions.update(subscription, input)),
        'subscriptions.cancel': ({ subscription }) => one(stripe.subscriptions.cancel(subscription)),
        'payment_links.list': (input) => many(stripe.paymentLinks.list(input)),
        'payment_links.create': (input) => one(stripe.paymentLinks.create(sold(input))),
        'payment_links.update': ({ payment_link, ...input }) => one(stripe.paymentLinks.update(payment_link, input)),
        'checkout_sessions.list': (input) => many(stripe.checkout.sessions.list(input)),
        'checkout_sessions.get': ({ session }) => one(stripe.checkout.sessions.retrieve(session)),
        'checkout_sessions.create': (input) => one(stripe.checkout.sessions.create({ mode: 'payment', ...sold(input) })),
        'checkout_sessions.expire': ({ session }) => one(stripe.checkout.sessions.expire(session)),
        'events.list': (input) => many(stripe.events.list(input)),
        'events.get': ({ event }) => one(stripe.events.retrieve(event)),
        'balance.get': () => one(stripe.balance.retrieve()),
        'balance.list_transactions': (input) => many(stripe.balanceTransactions.list(input)),
    },
    page: (answer) => 'next' in answer && answer,
    failure: (error) => error instanceof Stripe.errors.StripeError && { status: error.statusCode },
    account: async () => {
        const { id, settings } = await stripe.accounts.retrieveCurrent()
        return { id, label: settings.dashboard.display_name }
    },
})

// OpenAI's own client.

import OpenAI, { toFile } from 'openai'
import { base, check, token } from '../shared.mjs'

const openai = new OpenAI({ apiKey: token, baseURL: `${base}/v1`, maxRetries: 0 })

const usage = (tokens) => tokens && {
    input_tokens: tokens.input_tokens ?? tokens.prompt_tokens,
    output_tokens: tokens.output_tokens ?? tokens.completion_tokens,
    total_tokens: tokens.total_tokens,
    cached_tokens: (tokens.input_tokens_details ?? tokens.prompt_tokens_details)?.cached_tokens,
    reasoning_tokens: (tokens.output_tokens_details ?? tokens.completion_tokens_details)?.reasoning_tokens,
}

/** What is left of a message in the connector's output. */
function completion({ id, model, created, choices: [{ message, finish_reason }], usage: tokens }) {
    return {
        id,
        model,
        created,
        content: message.content,
        refusal: message.refusal,
        tool_calls: (message.tool_calls ?? []).map((call) => ({ id: call.id, ...call.function })),
        finish_reason,
        usage: usage(tokens),
    }
}

const chat = async ({ stream, ...input }) => completion(
    stream
        ? await openai.chat.completions
            .stream({ ...input, stream_options: { include_usage: true } })
            .finalChatCompletion()
        : await openai.chat.completions.create(input),
)

function response(whole) {
    const of = (type) => whole.output.filter((item) => item.type === type)
    return {
        ...whole,
        text: whole.output_text ?? '',
        tool_calls: of('function_call').map(({ call_id, name, arguments: text }) => ({ id: call_id, name, arguments: text })),
        reasoning: of('reasoning').flatMap((item) => item.summary.map((part) => part.text)),
        other_items: whole.output.filter((item) => !['message', 'function_call', 'reasoning'].includes(item.type)),
        incomplete_reason: whole.incomplete_details?.reason,
        usage: usage(whole.usage),
    }
}

async function respond({ stream, ...input }) {
    if (!stream) return response(await openai.responses.create(input))
    return response(await openai.responses.stream(input).finalResponse())
}

const ENDINGS = { 'audio/mpeg': 'mp3', 'audio/mp4': 'mp4', 'image/png': 'png' }

/** Makes a file of a data: URL. */
async function file(url, name) {
    const [, type, text] = url.match(/^data:([^;]+);base64,(.*)$/)
    return toFile(Buffer.from(text, 'base64'), name ?? `file.${ENDINGS[type]}`, { type })
}

async function saved(answer) {
    const bytes = Buffer.from(await answer.arrayBuffer())
    const type = answer.headers.get('content-type')
    return { content_type: type, size: bytes.length, content: `data:${type};base64,${bytes.toString('base64')}` }
}

const many = async (answer) => {
    const page = await answer
    return { items: page.data, next: page.has_more && { after: page.data.at(-1)?.id } }
}

const images = async (answer) => {
    const { created, data } = await answer
    return { created, images: data }
}

await check({
    methods: {
        'chat.completion': chat,
        'responses.create': respond,
        'responses.get': async ({ response: id }) => response(await openai.responses.retrieve(id)),
        'responses.cancel': async ({ response: id }) => response(await openai.responses.cancel(id)),
        'responses.list_input_items': ({ response: id }) => many(openai.responses.inputItems.list(id)),
        'embeddings.create': async (input) => {
            const { model, data, usage: tokens } = await openai.embeddings.create({ ...input, encoding_format: 'float' })
            return { model, embeddings: data.map((it) => it.embedding), total_tokens: tokens.total_tokens }
        },
        'models.list': () => many(openai.models.list()),
        'models.get': ({ model }) => openai.models.retrieve(model),
        'models.delete': ({ model }) => openai.models.delete(model),
        'images.generate': (input) => images(openai.images.generate(input)),
        'images.edit': async (input) => images(openai.images.edit({ ...input, image: await file(input.image) })),
        'audio.speak': async (input) => saved(
            await openai.audio.speech.create({ voice: 'alloy', model: 'gpt-4o-mini-tts', ...input }),
        ),
        'audio.transcribe': async (input) =>
            openai.audio.transcriptions.create({ ...input, file: await file(input.file) }),
        'audio.translate': async (input) =>
            openai.audio.translations.create({ ...input, file: await file(input.file) }),
        'files.list': (input) => many(openai.files.list(input)),
        'files.get': (input) => openai.files.retrieve(input.file),
        'files.upload': async ({ content, filename, purpose }) =>
            openai.files.create({ purpose, file: await file(content, filename) }),
        'files.download': async (input) => saved(await openai.files.content(input.file)),
        'files.delete': (input) => openai.files.delete(input.file),
        'moderations.create': async (input) => {
            const { id, model, results: [result] } = await openai.moderations.create(input)
            return { id, model, ...result }
        },
        'batches.list': (input) => many(openai.batches.list(input)),
        'batches.get': ({ batch }) => openai.batches.retrieve(batch),
        'batches.create': (input) => openai.batches.create({ completion_window: '24h', ...input }),
        'batches.cancel': ({ batch }) => openai.batches.cancel(batch),
    },
    page: (answer) => 'next' in answer && answer,
    failure: (error) => error instanceof OpenAI.APIError && { status: error.status, body: { error: error.error } },
    except: {
        'responses.delete': 'the client throws the answer away',
    },
})

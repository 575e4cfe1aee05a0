//! Messages in channels and direct messages.

use plugwright_sdk::pagination::{PageNumber, Pagination as _};
use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Result, Value, action, params, path};

use crate::lost::{MOST_PAGES, shown, since};
use crate::model::{
    ChannelId, Done, EphemeralMessage, Limit, Match, Message, Permalink, Posted, SearchOrder, Ts,
    UserId, cursors,
};

/// Sends a message to a channel, a direct message or a person.
///
/// The text is in Slack's mrkdwn: `*bold*`, `_italic_`, `<https://example.com|link>`, `<@U012AB3CD>`.
/// Returns the message with its `ts`, which is its id in the channel.
#[action(
    write,
    scopes = ["chat:write"],
    reconcile(natural = find_sent(channel, text, thread_ts)),
    requires(reply_broadcast, thread_ts)
)]
pub async fn send(
    cx: &ActionContext,
    /// Id of a channel, direct message or person, or the name of a public channel.
    channel: ChannelId,
    /// The text; with `blocks`, what notifications show.
    #[param(length(1..=40000), example = "Deployed *v1.2*")]
    text: String,
    /// `ts` of the message whose thread it goes to.
    thread_ts: Option<Ts>,
    /// Whether a reply in a thread is shown in the channel too.
    #[param(provider_default = false)]
    reply_broadcast: Option<bool>,
    /// Blocks of Block Kit that are shown in place of the text.
    #[param(length(1..=50))]
    blocks: Option<Vec<Value>>,
    /// Whether the text is read as mrkdwn.
    #[param(provider_default = true)]
    mrkdwn: Option<bool>,
    /// Whether links are shown with a preview of what they lead to.
    unfurl_links: Option<bool>,
) -> Result<Message> {
    let blocks = blocks.map(|blocks| Value::Array(blocks).to_string());
    let sent: Posted = cx
        .post("/chat.postMessage")
        .form_fields(params![
            channel,
            text,
            thread_ts,
            reply_broadcast,
            blocks,
            mrkdwn,
            unfurl_links
        ])
        .fetch()
        .await?;
    Ok(sent.into())
}

/// Looks in the channel or thread; names of channels and ids of people can't be looked in.
pub(crate) async fn find_sent(
    cx: &ActionContext,
    lost: &Lost,
    channel: ChannelId,
    text: String,
    thread_ts: Option<Ts>,
) -> Result<Outcome<Message>> {
    let Some(sent) = shown(&text) else {
        return Ok(Outcome::unknown(
            "Slack keeps texts with emoji in another form",
        ));
    };
    let newest = match thread_ts {
        Some(ts) => cx.get("/conversations.replies").query("ts", ts),
        None => cx.get("/conversations.history"),
    };
    let messages: Page<Message> = newest
        .query_params(params![channel, oldest = since(lost), limit = Limit(200)])
        .pages(cursors("/messages"), MOST_PAGES)
        .await?;
    let messages = messages.map(|message| message.in_channel(&channel));
    Ok(Outcome::in_list(messages, |message| {
        shown(&message.text).is_some_and(|kept| kept == sent)
    }))
}

/// Replaces the text and blocks of a message that the token's account sent.
///
/// Messages of others can't be changed. Returns the changed message.
#[action(write, idempotent, scopes = ["chat:write"])]
pub async fn update(
    cx: &ActionContext,
    channel: ChannelId,
    ts: Ts,
    /// New text, in mrkdwn.
    #[param(length(1..=40000))]
    text: String,
    /// New blocks of Block Kit; without them, those of the message are removed.
    #[param(length(1..=50))]
    blocks: Option<Vec<Value>>,
) -> Result<Message> {
    let blocks = blocks.map(|blocks| Value::Array(blocks).to_string());
    let changed: Posted = cx
        .post("/chat.update")
        .form_fields(params![channel, ts, text, blocks])
        .fetch()
        .await?;
    Ok(changed.into())
}

/// Deletes a message from its channel for everybody.
///
/// It can't be undone. Bots delete what they sent; people delete what the workspace allows them to. Returns
/// nothing.
#[action(destructive, idempotent, scopes = ["chat:write"], post = "/chat.delete", form)]
pub async fn delete(cx: &ActionContext, channel: ChannelId, ts: Ts) -> Result<Done>;

/// Lists the messages of a channel or direct message, newest first.
///
/// Replies in threads are left out; `threads.list` lists them. Returns text, author and `ts` of each
/// message, page by page.
#[action(
    read,
    scopes = any("channels:history", "groups:history", "im:history", "mpim:history"),
    get = "/conversations.history",
    page = cursors("/messages")
)]
pub async fn list(
    cx: &ActionContext,
    channel: ChannelId,
    /// Only messages after this one, or after this Unix time.
    oldest: Option<Ts>,
    /// Only messages before this one, or before this Unix time.
    latest: Option<Ts>,
    /// Whether messages at `oldest` and `latest` are listed too.
    #[param(provider_default = false)]
    inclusive: Option<bool>,
    limit: Limit,
) -> Result<Page<Message>>;

/// Searches messages that the token's account can see, by words and by Slack's search modifiers.
///
/// Modifiers are such as `in:#general`, `from:@ada`, `has:link`, `before:2030-01-31`. It needs a user token.
/// Returns text, channel, author and link of each match.
#[action(read, scopes = ["search:read"])]
pub async fn search(
    cx: &ActionContext,
    /// What to search for.
    #[param(length(1..), example = "deploy in:#general")]
    query: String,
    /// What the matches are ordered by.
    #[param(default = SearchOrder::Score)]
    sort: SearchOrder,
    /// Matches per page.
    #[param(default = 20, range(1..=100))]
    count: u8,
) -> Result<Page<Match>> {
    let pages = PageNumber::new("page", count.into());
    cx.get("/search.messages")
        .query_params(params![query, sort, count])
        .page(pages.items("/messages/matches").total("/messages/total"))
        .await
}

/// Gets the link to a message, which opens it in Slack.
///
/// Returns the link and the id of the channel.
#[action(read)]
pub async fn get_permalink(cx: &ActionContext, channel: ChannelId, ts: Ts) -> Result<Permalink> {
    cx.get(path!("/chat.getPermalink"))
        .query_params(params![channel, message_ts = ts])
        .fetch()
        .await
}

/// Shows a message in a channel to one person alone, until that person reloads Slack.
///
/// The person has to be in the channel. It can't be listed, changed or deleted afterwards. Returns its
/// `ts`.
#[action(write, scopes = ["chat:write"], post = "/chat.postEphemeral", form)]
pub async fn send_ephemeral(
    cx: &ActionContext,
    channel: ChannelId,
    /// Id of the person who sees it.
    user: UserId,
    /// The text, in mrkdwn.
    #[param(length(1..=40000))]
    text: String,
    /// `ts` of the message in whose thread it is shown.
    thread_ts: Option<Ts>,
) -> Result<EphemeralMessage>;

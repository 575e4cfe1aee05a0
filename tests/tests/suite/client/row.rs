//! Rows of the table: the same call by both clients, and how what they do may differ.

use std::pin::Pin;

use plugwright_client::Error;
use plugwright_sdk::Value;

use super::recorder::Reply;
use super::seen::Seen;

type Called = Pin<Box<dyn Future<Output = Result<Value, Error>> + Send>>;

/// A row; its call is given a client, and what else the caller must know.
pub(super) struct Row<C, G> {
    pub(super) npm: &'static str,
    pub(super) rust: &'static str,
    pub(super) call: Box<dyn Fn(C, G) -> Called + Send + Sync>,
    /// What the recorder answers in the gateway's place.
    pub(super) replies: Vec<Reply>,
    pub(super) difference: Option<Difference>,
}

/// How the clients differ, in words and as what must hold.
pub(super) struct Difference {
    pub(super) text: &'static str,
    pub(super) check: fn(npm: &Seen, rust: &Seen),
}

impl<C, G> Row<C, G> {
    pub(super) fn new(
        npm: &'static str,
        rust: &'static str,
        call: impl Fn(C, G) -> Called + Send + Sync + 'static,
    ) -> Self {
        Self {
            npm,
            rust,
            call: Box::new(call),
            replies: Vec::new(),
            difference: None,
        }
    }

    /// Lets the recorder answer in the gateway's place.
    pub(super) fn answered(mut self, replies: &[Reply]) -> Self {
        self.replies = replies.to_vec();
        self
    }

    /// Says how the clients differ.
    pub(super) fn differs(
        mut self,
        text: &'static str,
        check: fn(npm: &Seen, rust: &Seen),
    ) -> Self {
        self.difference = Some(Difference { text, check });
        self
    }

    /// Returns the line of the table.
    pub(super) fn line(&self) -> String {
        let cell = |code: &str| {
            let code = code.split_whitespace().collect::<Vec<_>>().join(" ");
            let code = code.replace(" .", ".");
            format!("`{}`", code.replace('|', "\\|"))
        };
        let difference = self
            .difference
            .as_ref()
            .map_or("", |difference| difference.text);
        let text = format!(
            "| {} | {} | {difference} |\n",
            cell(self.npm),
            cell(self.rust)
        );
        text.replace("  |", " |")
    }
}

/// Makes a row of the npm client's call and ours. Ours is a closure of the client and, if need be, of
/// what else is given, whose body is what the table shows.
macro_rules! row {
    ($of:ty, $with:ty; $npm:literal, |$client:ident| $call:expr) => {
        row!($of, $with; $npm, |$client, _given| $call)
    };
    ($of:ty, $with:ty; $npm:literal, |$client:ident, $given:ident| $call:expr) => {
        $crate::client::row::Row::new(
            $npm,
            stringify!($call),
            move |$client: $of, $given: $with| {
                Box::pin(async move {
                    let _used = (&$client, &$given);
                    let returned = $call.await?;
                    Ok(serde_json::to_value(returned).expect("results can be written as JSON"))
                })
            },
        )
    };
}
pub(super) use row;

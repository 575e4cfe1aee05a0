//! What became of a write whose answer was lost.

mod inquiry;

use std::borrow::Cow;
use std::fmt;
use std::time::{Duration, SystemTime};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::action::{BoxFuture, Invocation};
use crate::context::ActionContext;
use crate::error::{ErrorCode, Result};
use crate::reading::rfc3339;
use crate::result::{ActionResult, Page};
pub use inquiry::{AppliedRequest, Evidence, Inquiry};

/// How far the clocks of provider and gateway may differ.
const CLOCK_SKEW: Duration = Duration::from_mins(1);

/// What a connector finds out about a write whose answer was lost.
///
/// The function that `#[action(write, reconcile(..))]` names returns it. It gets the context, the
/// [`Lost`] write and the parameters that the attribute passes. It may only read: a request that could
/// change something is refused.
///
/// ```
/// use plugwright_sdk::pagination::LinkHeader;
/// use plugwright_sdk::{ActionContext, Lost, Outcome, Result, action, model};
///
/// /// A note.
/// #[model]
/// pub struct Note {
///     /// Id.
///     pub id: String,
///     /// Text.
///     pub text: String,
///     /// When it was created.
///     pub created_at: String,
/// }
///
/// /// Creates a note.
/// #[action("notes.create", write, reconcile(natural = find_created(text)), post = "/notes", json)]
/// pub async fn create(
///     cx: &ActionContext,
///     /// Text of the note.
///     text: String,
///     /// Colour of the note.
///     colour: Option<String>,
/// ) -> Result<Note>;
///
/// async fn find_created(cx: &ActionContext, lost: &Lost, text: String) -> Result<Outcome<Note>> {
///     let notes = cx.get("/notes").query("since", lost.since()).pages(LinkHeader, 10).await?;
///     let is_it = |note: &Note| note.text == text && lost.covers(&note.created_at);
///     Ok(Outcome::in_list(notes, is_it))
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome<T> {
    /// It took effect; this is what the action would have returned.
    Done(T),
    /// It did not take effect, so that it may be made now. Only if it would have been found.
    NotDone,
    /// It can't be told, for this reason.
    Unknown(Cow<'static, str>),
}

impl<T> Outcome<T> {
    /// Judges by a list that has what the write would have made, if it took effect: the only match is
    /// it. Of several nobody knows which, nor if the list goes on after the pages that were read.
    pub fn in_list(list: Page<T>, is_it: impl FnMut(&T) -> bool) -> Self {
        let goes_on = list.cursor.is_some();
        let list = list.filter(is_it);
        let mut found = list.items.into_iter();
        match (found.next(), found.next()) {
            (Some(_), Some(_)) => Self::unknown("several things match what was written"),
            (Some(_) | None, _) if goes_on => {
                Self::unknown("the list is too long to be looked through")
            }
            (Some(one), None) => Self::Done(one),
            (None, _) => Self::NotDone,
        }
    }

    /// Judges by the one thing that has a name: if there is none, the write did not take effect.
    ///
    /// # Errors
    ///
    /// That of the search, unless it is `NOT_FOUND`.
    pub fn of_named(found: Result<T>, judge: impl FnOnce(T) -> Self) -> Result<Self> {
        match found {
            Ok(found) => Ok(judge(found)),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(Self::NotDone),
            Err(error) => Err(error),
        }
    }

    /// Says that it can't be told, and why.
    pub fn unknown(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::Unknown(reason.into())
    }

    /// Changes what was found.
    ///
    /// # Errors
    ///
    /// Those of the change.
    pub fn try_map<U, E>(
        self,
        change: impl FnOnce(T) -> std::result::Result<U, E>,
    ) -> std::result::Result<Outcome<U>, E> {
        Ok(match self {
            Self::Done(found) => Outcome::Done(change(found)?),
            Self::NotDone => Outcome::NotDone,
            Self::Unknown(reason) => Outcome::Unknown(reason),
        })
    }
}

impl Outcome<()> {
    /// Judges a deletion by a request for what it deletes: it took effect if there is no such thing.
    ///
    /// # Errors
    ///
    /// Those of the request, unless it is `NOT_FOUND`.
    pub fn of_deleted<T>(found: Result<T>) -> Result<Self> {
        match found {
            Ok(_) => Ok(Self::NotDone),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(Self::Done(())),
            Err(error) => Err(error),
        }
    }
}

/// A write whose answer was lost: since when it may have happened, and the key that was sent with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    started_at: SystemTime,
    key: String,
}

impl Lost {
    /// How many pages of a list are worth looking through.
    pub const MOST_PAGES: usize = 10;

    /// Describes a write whose call was received at this time, by the clock of the gateway, and that
    /// was sent with this [key](ActionContext::idempotency_key).
    pub fn new(started_at: SystemTime, key: impl Into<String>) -> Self {
        Self {
            started_at,
            key: key.into(),
        }
    }

    /// Returns when the call was received, by the clock of the gateway.
    pub fn started_at(&self) -> SystemTime {
        self.started_at
    }

    /// Returns what [`ActionContext::idempotency_key`] returned to the write.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Returns the earliest time, by the provider's clock, at which the write may have happened, as
    /// RFC 3339 in UTC with whole seconds. A minute is allowed for clocks that differ.
    pub fn since(&self) -> String {
        let first = SystemTime::UNIX_EPOCH;
        let since = self.started_at.checked_sub(CLOCK_SKEW).unwrap_or(first);
        rfc3339::write(since.max(first))
    }

    /// Returns the same as [`since`](Self::since), in Unix time (seconds).
    pub fn since_unix(&self) -> u64 {
        let since_epoch = self.started_at.duration_since(SystemTime::UNIX_EPOCH);
        let since_epoch = since_epoch.unwrap_or_default();
        since_epoch.saturating_sub(CLOCK_SKEW).as_secs()
    }

    /// Returns whether the write may have happened at this time of the provider's, in RFC 3339. A minute
    /// is allowed for clocks that differ. A time that can't be read may be any.
    pub fn covers(&self, time: &str) -> bool {
        let Some(time) = rfc3339::read(time) else {
            return true;
        };
        // Where the provider cut fractions of a second off, the minute covers that as well.
        match self.started_at.duration_since(time) {
            Ok(earlier) => earlier <= CLOCK_SKEW,
            Err(_later) => true,
        }
    }

    /// Tells the same of a time that a provider may leave out. A missing time may be any.
    pub fn covers_optional(&self, time: Option<&str>) -> bool {
        time.is_none_or(|time| self.covers(time))
    }

    /// Returns whether two texts are the same, as many providers keep them: ends of lines and white space
    /// at the end may differ, and an empty text is none.
    ///
    /// ```
    /// use plugwright_sdk::Lost;
    ///
    /// assert!(Lost::same_text(Some("a\r\nb\n"), Some("a\nb")));
    /// assert!(Lost::same_text(None, Some("")));
    /// assert!(!Lost::same_text(Some("a\n\nb"), Some("a\nb")));
    /// ```
    pub fn same_text(one: Option<&str>, other: Option<&str>) -> bool {
        fn lines(text: Option<&str>) -> impl Iterator<Item = &str> {
            text.unwrap_or_default().trim_end().lines()
        }
        lines(one).eq(lines(other))
    }
}

/// By what a lost write is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ReconcileBy {
    /// By a key that was sent with it.
    Key,
    /// By what was written.
    Natural,
}

impl ReconcileBy {
    /// Returns the wire spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Natural => "natural",
        }
    }
}

impl fmt::Display for ReconcileBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The search for a lost write, ready to run.
pub type Reconciliation = Invocation<Outcome<ActionResult>>;

impl Reconciliation {
    /// Finds out what became of the write. Neither output nor error has a secret of the context's
    /// credential in it. The context should refuse to write: see
    /// [`ReadOnly`](crate::transport::ReadOnly).
    ///
    /// # Errors
    ///
    /// Those of the connector's function.
    pub async fn find(self, cx: &ActionContext) -> Result<Outcome<ActionResult>> {
        match self.start(cx).await {
            Ok(Outcome::Done(mut result)) => {
                cx.complete(&mut result);
                Ok(Outcome::Done(result))
            }
            Ok(Outcome::Unknown(reason)) => {
                let reason = cx.redactor().redact(&reason);
                Ok(Outcome::Unknown(reason.into()))
            }
            Ok(Outcome::NotDone) => Ok(Outcome::NotDone),
            Err(error) => Err(cx.clean(error)),
        }
    }
}

/// The function that finds a lost write, with all parameters of the action.
#[doc(hidden)]
pub struct Reconcile<A> {
    pub by: ReconcileBy,
    pub find: for<'a> fn(&'a ActionContext, Lost, A) -> Finding<'a>,
}

pub(crate) type Finding<'a> = BoxFuture<'a, Result<Outcome<ActionResult>>>;

#[cfg(test)]
mod tests;

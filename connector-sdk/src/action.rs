//! Actions: the trait that registries and gateways see, and the const form that macros make.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::pin::Pin;

use serde::Serialize;
use serde_json::Value;

use crate::__private::ArgumentList;
use crate::context::ActionContext;
use crate::error::Result;
use crate::param::{self, Decoder, ParamDefinition, ParamEntry};
use crate::result::{ActionResult, Outcome, Output, Returns};
use crate::schema::Schema;
use crate::text;

/// What running an action does to the world. It decides retries, approval and hints for agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Changes nothing.
    Read,
    /// Creates or changes something.
    Write,
    /// Deletes something, or changes it beyond recall.
    Destructive,
}

impl Effect {
    /// Returns the wire spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Destructive => "destructive",
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A future on the heap.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

type Run = dyn for<'a> FnOnce(&'a ActionContext) -> BoxFuture<'a, Result<ActionResult>> + Send;

/// An action with its decoded input, ready to run.
pub struct Invocation(Box<Run>);

impl Invocation {
    /// Makes an invocation from the code that runs it.
    pub fn new<F>(run: F) -> Self
    where
        F: for<'a> FnOnce(&'a ActionContext) -> BoxFuture<'a, Result<ActionResult>>
            + Send
            + 'static,
    {
        Self(Box::new(run))
    }

    /// Runs the action.
    ///
    /// The result carries the provider's last answer as `raw` if the context captures it, and no
    /// error has a secret of the context's credential in it.
    ///
    /// # Errors
    ///
    /// Those of the action.
    pub async fn run(self, cx: &ActionContext) -> Result<ActionResult> {
        match (self.0)(cx).await {
            Ok(mut result) => {
                if result.raw.is_none() {
                    result.raw = cx.take_raw();
                }
                Ok(result)
            }
            Err(error) => Err(cx.clean(error)),
        }
    }
}

impl fmt::Debug for Invocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Invocation")
    }
}

/// One operation of a connector, as registries and gateways see it.
///
/// The macro makes one from a function; implement it by hand for operations that come from
/// elsewhere.
pub trait Action: Send + Sync {
    /// Returns the name within the connector, `resource.verb`.
    fn name(&self) -> &str;

    /// Returns the name for people.
    fn title(&self) -> Cow<'_, str>;

    /// Returns what it does, accepts and returns.
    fn description(&self) -> &str;

    /// Returns what it does to the world.
    fn effect(&self) -> Effect;

    /// Tells whether doing it twice is the same as doing it once.
    fn idempotent(&self) -> bool {
        self.effect() == Effect::Read
    }

    /// Returns the OAuth scopes that it needs.
    fn scopes(&self) -> Vec<&str> {
        Vec::new()
    }

    /// Tells whether it returns one thing or a list.
    fn returns(&self) -> Returns;

    /// Returns why it should no longer be used, and what to use instead.
    fn deprecated(&self) -> Option<&str> {
        None
    }

    /// Returns the flat view of the parameters.
    fn params(&self) -> Vec<ParamDefinition>;

    /// Returns the canonical schema of the input.
    fn input_schema(&self) -> Schema;

    /// Returns the canonical schema of the output's data.
    fn output_schema(&self) -> Schema;

    /// Decodes an input, with defaults applied.
    ///
    /// # Errors
    ///
    /// `VALIDATION_ERROR` with every fault of the input at once.
    fn decode(&self, input: Value) -> Result<Invocation>;
}

/// An action known at compile time; `#[action]` makes it.
#[derive(Clone, Copy, Debug)]
pub struct ActionDefinition {
    pub(crate) name: &'static str,
    pub(crate) spelling: u64,
    title: Option<&'static str>,
    description: &'static str,
    effect: Effect,
    idempotent: bool,
    pub(crate) scopes: &'static [&'static str],
    deprecated: Option<&'static str>,
    returns: Returns,
    entries: &'static [ParamEntry],
    output_schema: fn() -> Schema,
    decode: fn(&mut Decoder<'_>) -> Option<Invocation>,
}

impl ActionDefinition {
    /// Makes a definition from what every action has.
    ///
    /// # Panics
    ///
    /// At compile time only, if two parameters have the same name.
    #[track_caller]
    pub const fn new(
        name: &'static str,
        effect: Effect,
        description: &'static str,
        returns: Returns,
        entries: &'static [ParamEntry],
        output_schema: fn() -> Schema,
        decode: fn(&mut Decoder<'_>) -> Option<Invocation>,
    ) -> Self {
        ParamEntry::assert_distinct(entries);
        Self {
            name,
            spelling: text::spelling_hash(name),
            title: None,
            description,
            effect,
            idempotent: matches!(effect, Effect::Read),
            scopes: &[],
            deprecated: None,
            returns,
            entries,
            output_schema,
            decode,
        }
    }

    /// Makes the definition of a function.
    #[doc(hidden)]
    #[track_caller]
    pub const fn of<F: ActionFunction>(
        name: &'static str,
        effect: Effect,
        description: &'static str,
        entries: &'static [ParamEntry],
    ) -> Self {
        let returns = <OutputOf<F> as Output>::RETURNS;
        let schema = <OutputOf<F> as Output>::schema;
        Self::new(
            name,
            effect,
            description,
            returns,
            entries,
            schema,
            |decoder| {
                let arguments = F::Arguments::take(F::DEFINITION.entries, decoder)?;
                Some(Invocation::new(move |cx| F::run(cx, arguments)))
            },
        )
    }

    /// What stands for an action that does not compile. Its name is none, so that no action has it.
    #[doc(hidden)]
    pub const STAND_IN: Self = Self::new(
        "<broken>",
        Effect::Read,
        "",
        Returns::Single,
        &[],
        || Schema::Null,
        |_| None,
    );

    /// Gives it a name for people; without one it is made from the name.
    #[must_use]
    pub const fn title(mut self, title: &'static str) -> Self {
        self.title = Some(title);
        self
    }

    /// States that doing it twice is the same as doing it once.
    #[must_use]
    pub const fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// States the OAuth scopes that it needs; the connector must declare them.
    #[must_use]
    pub const fn scopes(mut self, scopes: &'static [&'static str]) -> Self {
        self.scopes = scopes;
        self
    }

    /// States why it should no longer be used, and what to use instead.
    #[must_use]
    pub const fn deprecated(mut self, note: &'static str) -> Self {
        self.deprecated = Some(note);
        self
    }
}

impl Action for ActionDefinition {
    fn name(&self) -> &str {
        self.name
    }

    fn title(&self) -> Cow<'_, str> {
        self.title
            .map_or_else(|| Cow::Owned(title_of(self.name)), Cow::Borrowed)
    }

    fn description(&self) -> &str {
        self.description
    }

    fn effect(&self) -> Effect {
        self.effect
    }

    fn idempotent(&self) -> bool {
        self.idempotent
    }

    fn scopes(&self) -> Vec<&str> {
        self.scopes.to_vec()
    }

    fn returns(&self) -> Returns {
        self.returns
    }

    fn deprecated(&self) -> Option<&str> {
        self.deprecated
    }

    fn params(&self) -> Vec<ParamDefinition> {
        param::definitions(self.entries)
    }

    fn input_schema(&self) -> Schema {
        param::object_schema(self.entries).into()
    }

    fn output_schema(&self) -> Schema {
        (self.output_schema)()
    }

    fn decode(&self, input: Value) -> Result<Invocation> {
        param::decode_input(input, self.entries, self.decode)
    }
}

/// Makes `List issues` from `issues.list`: the verb, then the resource.
fn title_of(name: &str) -> String {
    let words: Vec<_> = match name.rsplit_once('.') {
        Some((resource, verb)) => verb.split('_').chain(resource.split(['.', '_'])).collect(),
        None => name.split('_').collect(),
    };
    let title = words.join(" ");
    let mut letters = title.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

type OutputOf<F> = <<F as ActionFunction>::Result as Outcome>::Output;

/// A function that `#[action]` was put on; names the definition by the function's path.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an action",
    label = "put `#[action]` on this function"
)]
pub trait ActionFunction: 'static {
    /// The definition.
    const DEFINITION: &'static ActionDefinition;

    #[doc(hidden)]
    type Arguments: ArgumentList;

    #[doc(hidden)]
    type Result: Outcome<Output: Output>;

    #[doc(hidden)]
    fn run(cx: &ActionContext, arguments: Self::Arguments) -> BoxFuture<'_, Result<ActionResult>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_read_like_commands() {
        assert_eq!(title_of("issues.list"), "List issues");
        assert_eq!(title_of("issues.add_labels"), "Add labels issues");
        assert_eq!(title_of("project_cards.get"), "Get project cards");
    }
}

//! Actions: the trait that registries and gateways see, and the const form that macros make.

mod handle;
mod title;

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::pin::Pin;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::auth::NeededScope;
use crate::context::ActionContext;
use crate::error::Result;
use crate::param::{self, ArgumentList, Decoder, ParamDefinition, ParamEntry, Rule};
use crate::reconcile::{Lost, Reconcile, ReconcileBy, Reconciliation};
use crate::result::{ActionResult, ActionReturn, Output, Returns};
use crate::schema::Schema;
use crate::spelled::spelled;
use crate::text;

pub use handle::{ActionHandle, ActionSource};
pub use title::action_title;
pub(crate) use title::singular;

spelled! {
    /// What running an action does to the world. It decides retries, approval and hints for agents.
    // What does more is greater.
    #[derive(
        Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
    )]
    #[serde(rename_all = "lowercase")]
    pub enum Effect {
        /// Changes nothing.
        Read = "read",
        /// Creates or changes something.
        Write = "write",
        /// Deletes something, or changes it beyond recall.
        Destructive = "destructive",
    }
}

/// A future on the heap.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

type Run<T> = dyn for<'a> FnOnce(&'a ActionContext) -> BoxFuture<'a, Result<T>> + Send;

/// An action with its decoded input, ready to run.
pub struct Invocation<T = ActionResult>(Box<Run<T>>);

impl<T> Invocation<T> {
    /// Makes an invocation from the code that runs it.
    pub fn new<F>(run: F) -> Self
    where
        F: for<'a> FnOnce(&'a ActionContext) -> BoxFuture<'a, Result<T>> + Send + 'static,
    {
        Self(Box::new(run))
    }

    /// Starts the code, whose result is not cleaned of secrets yet.
    pub(crate) fn start(self, cx: &ActionContext) -> BoxFuture<'_, Result<T>> {
        (self.0)(cx)
    }
}

impl Invocation {
    /// Runs the action.
    ///
    /// The result carries the provider's last answer as `raw` if the context captures it. Neither
    /// output nor error has a secret of the context's credential in it, but a cursor may.
    ///
    /// # Errors
    ///
    /// Those of the action.
    pub async fn run(self, cx: &ActionContext) -> Result<ActionResult> {
        match self.start(cx).await {
            Ok(mut result) => {
                cx.complete(&mut result);
                Ok(result)
            }
            Err(error) => Err(cx.clean(error)),
        }
    }
}

impl<T> fmt::Debug for Invocation<T> {
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

    /// Returns the display name.
    fn title(&self) -> Cow<'_, str>;

    /// Returns what it does, accepts and returns.
    fn description(&self) -> &str;

    /// Returns its effect.
    fn effect(&self) -> Effect;

    /// Returns whether doing it twice is the same as doing it once.
    fn idempotent(&self) -> bool {
        self.effect() == Effect::Read
    }

    /// Returns the OAuth scopes that it needs, all of them.
    fn scopes(&self) -> Vec<NeededScope<'_>> {
        Vec::new()
    }

    /// Returns whether it returns one thing or a list.
    fn returns(&self) -> Returns;

    /// Returns why it should no longer be used, and what to use instead.
    fn deprecated(&self) -> Option<&str> {
        None
    }

    /// Returns which of the connector's auth schemes it takes, by their places in
    /// [`Connector::auth`](crate::host::Connector::auth); `None` for all of them, and an empty list if it
    /// takes no credential.
    fn schemes(&self) -> Option<&[usize]> {
        None
    }

    /// Returns the flat view of the parameters.
    fn params(&self) -> Vec<ParamDefinition>;

    /// Returns the canonical schema of the input.
    fn input_schema(&self) -> Schema;

    /// Returns the canonical schema of the output's data.
    fn output_schema(&self) -> Schema;

    /// Returns whether it stands in for an action that could not be loaded. It is not to be kept: the
    /// next try may succeed.
    fn is_stand_in(&self) -> bool {
        false
    }

    /// Decodes an input, with defaults applied.
    ///
    /// # Errors
    ///
    /// `VALIDATION_ERROR` with every fault of the input at once.
    fn decode(&self, input: Value) -> Result<Invocation>;

    /// Returns by what a write is found whose answer was lost; `None` if it can't be found.
    fn reconciles_by(&self) -> Option<ReconcileBy> {
        None
    }

    /// Decodes the input of a write whose answer was lost, to find out what became of it; `None` if
    /// it can't be found.
    ///
    /// # Errors
    ///
    /// Those of [`decode`](Self::decode).
    fn reconcile(&self, input: Value, lost: Lost) -> Result<Option<Reconciliation>> {
        let _ = (input, lost);
        Ok(None)
    }
}

/// The metadata of an action, as stated in `#[action]`.
#[derive(Clone, Copy, Debug)]
pub struct ActionInfo {
    /// Name within the connector, `resource.verb`.
    pub name: &'static str,
    /// Display name; generated from the name if there is none.
    pub title: Option<&'static str>,
    /// What it does, accepts and returns.
    pub description: &'static str,
    /// Its effect.
    pub effect: Effect,
    /// Whether doing it twice is the same as doing it once, though it changes something.
    pub idempotent: bool,
    /// The OAuth scopes that it needs, of each list any one; the connector must declare them.
    pub scopes: &'static [&'static [&'static str]],
    /// The auth schemes that it takes, by their places in the connector's `.auth(..)`; `None` for all of
    /// them, and an empty list if it takes no credential.
    pub schemes: Option<&'static [usize]>,
    /// Why it should no longer be used, and what to use instead.
    pub deprecated: Option<&'static str>,
    /// Its parameters, in order.
    pub params: &'static [ParamEntry],
    /// Rules over several of them.
    pub rules: &'static [Rule],
}

/// An action known at compile time; `#[action]` makes it.
#[derive(Clone, Copy, Debug)]
pub struct ActionDefinition {
    pub(crate) info: ActionInfo,
    pub(crate) spelling: u64,
    returns: Returns,
    output_schema: fn() -> Schema,
    decode: fn(&mut Decoder<'_>) -> Option<Invocation>,
    reconcile: Option<Find>,
}

/// How a lost write is found, with the parameters undecoded.
#[derive(Clone, Copy, Debug)]
struct Find {
    by: ReconcileBy,
    decode: fn(&mut Decoder<'_>, Lost) -> Option<Reconciliation>,
}

impl ActionDefinition {
    /// Makes a definition by hand.
    ///
    /// # Panics
    ///
    /// At compile time only, if two parameters have the same name.
    #[track_caller]
    pub const fn new(
        info: ActionInfo,
        returns: Returns,
        output_schema: fn() -> Schema,
        decode: fn(&mut Decoder<'_>) -> Option<Invocation>,
    ) -> Self {
        ParamEntry::assert_distinct(info.params);
        Self::unchecked(info, returns, output_schema, decode)
    }

    /// Makes the definition of a function, whose parameters `#[action]` has compared.
    const fn of<F: ActionFunction>() -> Self {
        let returns = <OutputOf<F> as Output>::RETURNS;
        let schema = <OutputOf<F> as Output>::schema;
        let definition = Self::unchecked(F::INFO, returns, schema, |decoder| {
            let arguments = F::Arguments::take(F::INFO.params, decoder)?;
            Some(Invocation::new(move |cx| F::run(cx, arguments)))
        });
        let Some(reconcile) = F::RECONCILE else {
            return definition;
        };
        Self {
            reconcile: Some(Find {
                by: reconcile.by,
                decode: |decoder, lost| {
                    let find = F::RECONCILE?.find;
                    let arguments = F::Arguments::take(F::INFO.params, decoder)?;
                    Some(Invocation::new(move |cx| match F::INFO.schemes {
                        None => find(cx, lost, arguments),
                        Some(places) => {
                            Box::pin(
                                async move { find(&cx.by_schemes(places), lost, arguments).await },
                            )
                        }
                    }))
                },
            }),
            ..definition
        }
    }

    const fn unchecked(
        info: ActionInfo,
        returns: Returns,
        output_schema: fn() -> Schema,
        decode: fn(&mut Decoder<'_>) -> Option<Invocation>,
    ) -> Self {
        Self {
            info,
            spelling: text::spelling_hash(info.name),
            returns,
            output_schema,
            decode,
            reconcile: None,
        }
    }
}

impl ActionInfo {
    /// A placeholder for an action that does not compile. Its name is not a valid one.
    #[doc(hidden)]
    pub const STAND_IN: Self = Self {
        name: "<broken>",
        title: None,
        description: "",
        effect: Effect::Read,
        idempotent: false,
        scopes: &[],
        schemes: None,
        deprecated: None,
        params: &[],
        rules: &[],
    };
}

impl Action for ActionDefinition {
    fn name(&self) -> &str {
        self.info.name
    }

    fn title(&self) -> Cow<'_, str> {
        self.info.title.map_or_else(
            || Cow::Owned(action_title(self.info.name, self.returns)),
            Cow::Borrowed,
        )
    }

    fn description(&self) -> &str {
        self.info.description
    }

    fn effect(&self) -> Effect {
        self.info.effect
    }

    fn idempotent(&self) -> bool {
        self.info.idempotent || self.info.effect == Effect::Read
    }

    fn scopes(&self) -> Vec<NeededScope<'_>> {
        let scopes = self.info.scopes.iter().copied();
        scopes.map(NeededScope::any_of).collect()
    }

    fn schemes(&self) -> Option<&[usize]> {
        self.info.schemes
    }

    fn returns(&self) -> Returns {
        self.returns
    }

    fn deprecated(&self) -> Option<&str> {
        self.info.deprecated
    }

    fn params(&self) -> Vec<ParamDefinition> {
        param::definitions(self.info.params)
    }

    fn input_schema(&self) -> Schema {
        param::object_schema(self.info.params, self.info.rules).into()
    }

    fn output_schema(&self) -> Schema {
        (self.output_schema)()
    }

    fn decode(&self, input: Value) -> Result<Invocation> {
        param::decode_input(input, self.info.params, self.info.rules, self.decode)
    }

    fn reconciles_by(&self) -> Option<ReconcileBy> {
        self.reconcile.map(|find| find.by)
    }

    fn reconcile(&self, input: Value, lost: Lost) -> Result<Option<Reconciliation>> {
        let Some(find) = self.reconcile else {
            return Ok(None);
        };
        let decode = |decoder: &mut Decoder<'_>| (find.decode)(decoder, lost);
        param::decode_input(input, self.info.params, self.info.rules, decode).map(Some)
    }
}

pub(crate) type OutputOf<F> = <<F as ActionFunction>::Result as ActionReturn>::Output;

/// A function that `#[action]` was put on; names the definition by the function's path.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an action",
    label = "put `#[action]` on this function"
)]
pub trait ActionFunction: Sized + 'static {
    #[doc(hidden)]
    const INFO: ActionInfo;

    /// The definition.
    const DEFINITION: &'static ActionDefinition = &ActionDefinition::of::<Self>();

    #[doc(hidden)]
    type Arguments: ArgumentList;

    #[doc(hidden)]
    type Result: ActionReturn<Output: Output>;

    #[doc(hidden)]
    const RECONCILE: Option<Reconcile<Self::Arguments>> = None;

    #[doc(hidden)]
    fn run(cx: &ActionContext, arguments: Self::Arguments) -> BoxFuture<'_, Result<ActionResult>>;
}

#[cfg(test)]
mod tests;

//! Actions as tools of language models.

mod budget;
mod call;
mod discovery;
mod listed;
mod reply;
mod selection;

use std::sync::Arc;

use plugwright_tools::Dialect;
use serde_json::Value;
use tokio::sync::OnceCell;

use crate::action::{Action, OwnConnections, Subject};
use crate::catalog::Effect;
use crate::connector::Connector;
use crate::error::Error;
use crate::options::LimitOptions;
use call::ToolCall;
use discovery::Discovery;
use listed::Listed;
pub use listed::{ActionTool, OmittedAction};
pub use reply::ToolReply;
use selection::Selection;

/// How many tokens a reply has at most by default.
const TOKEN_BUDGET: usize = 8_000;

/// Actions as tools of a language model: their definitions, and what a model is told of its calls.
///
/// [`Connector::tools`] and [`ProjectUser::tools`](crate::ProjectUser::tools) make one. The actions are
/// loaded when they are first needed, and then kept; clones share them.
///
/// ```
/// # use plugwright_client::{Connector, Dialect, Error};
/// # use serde_json::{Value, json};
/// # async fn example(client: Connector, response: Value) -> Result<(), Error> {
/// let tools = client.tools(["github.issues.*", "todoist.tasks.create"]).dialect(Dialect::Anthropic);
/// let request = json!({
///     "model": "claude-sonnet-5",
///     "max_tokens": 4096,
///     "tools": tools.request().await?,
///     "messages": [{ "role": "user", "content": "close issue 7 of acme/site" }],
/// });
/// # drop(request);
/// // Send the request, and make the calls of the response:
/// let mut results = Vec::new();
/// for block in response["content"].as_array().into_iter().flatten() {
///     if block["type"] == "tool_use" {
///         results.push(tools.call(block).await?.message());
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Tools<S = OwnConnections> {
    source: Connector,
    subject: S,
    limits: LimitOptions,
    selection: Arc<Selection>,
    dialect: Dialect,
    token_budget: usize,
    mocks: bool,
    set: Arc<OnceCell<Set>>,
    by_search: bool,
}

/// The tools, once they are needed.
#[derive(Debug)]
enum Set {
    /// One for each action.
    Actions(Listed),
    /// Those that find, describe and run actions.
    Discovery(Box<Discovery>),
}

impl<S: Subject> Tools<S> {
    pub(crate) fn new(
        source: Connector,
        subject: S,
        limits: LimitOptions,
        patterns: Vec<String>,
    ) -> Self {
        Self {
            source,
            subject,
            limits,
            selection: Arc::new(Selection::new(patterns)),
            dialect: Dialect::OpenAi,
            token_budget: TOKEN_BUDGET,
            mocks: false,
            set: Arc::default(),
            by_search: false,
        }
    }

    /// Sets how the tools are written; by default as OpenAI's chat completions take them.
    #[must_use]
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = dialect;
        self.set = Arc::default();
        self
    }

    /// Leaves out actions with other effects than these, and those of which the gateway says no effect.
    #[must_use]
    pub fn effects(mut self, effects: impl IntoIterator<Item = Effect>) -> Self {
        Arc::make_mut(&mut self.selection).effects = Some(effects.into_iter().collect());
        self.set = Arc::default();
        self
    }

    /// Sets how many tokens a reply has at most, by estimate; by default 8,000. What is longer is
    /// shortened, and says so.
    #[must_use]
    pub fn token_budget(mut self, tokens: usize) -> Self {
        self.token_budget = tokens;
        self
    }

    /// Gives the tools a parameter `useMock`, with which the model gets recorded traffic or sample data,
    /// and nothing is sent to the provider.
    #[must_use]
    pub fn mocks(mut self) -> Self {
        self.mocks = true;
        self.set = Arc::default();
        self
    }

    /// Makes three tools in place of one for each action: `search_actions`, `describe_action` and
    /// `run_action`. They cost few tokens however many actions there are. They find and run only the
    /// actions that were selected.
    #[must_use]
    pub fn by_search(mut self) -> Self {
        self.by_search = true;
        self.set = Arc::default();
        self
    }

    /// Returns the `tools` of a request to the model, in the form of the dialect.
    ///
    /// # Errors
    ///
    /// If the actions can't be loaded, or there is none for one of the patterns.
    pub async fn request(&self) -> Result<Value, Error> {
        Ok(self.dialect.request(self.definitions().await?))
    }

    /// Returns the definition of each tool, in the form of the dialect.
    ///
    /// # Errors
    ///
    /// As [`request`](Self::request).
    pub async fn definitions(&self) -> Result<Vec<Value>, Error> {
        Ok(match self.set().await? {
            Set::Actions(listed) => {
                let tools = listed.tools.iter();
                tools.map(|tool| tool.definition().clone()).collect()
            }
            Set::Discovery(discovery) => discovery.definitions(),
        })
    }

    /// Returns the tools of the actions; with [`by_search`](Self::by_search) there are none.
    ///
    /// # Errors
    ///
    /// As [`request`](Self::request).
    pub async fn list(&self) -> Result<&[ActionTool], Error> {
        Ok(match self.set().await? {
            Set::Actions(listed) => &listed.tools,
            Set::Discovery(_) => &[],
        })
    }

    /// Returns the selected actions that can't be tools of the dialect.
    ///
    /// # Errors
    ///
    /// As [`request`](Self::request).
    pub async fn omitted(&self) -> Result<&[OmittedAction], Error> {
        Ok(match self.set().await? {
            Set::Actions(listed) => &listed.omitted,
            Set::Discovery(_) => &[],
        })
    }

    /// Makes the call that a model asks for, and returns what to tell the model: the result, or what
    /// went wrong and how to correct it.
    ///
    /// `call` is the call as the model's API sends it: an item of `tool_calls` of OpenAI's chat
    /// completions, a `function_call` of its responses, a `tool_use` block of Anthropic, or a part with
    /// a `functionCall` of Gemini. Nothing but the selected actions can be called.
    ///
    /// # Errors
    ///
    /// If `call` is no such call, or the actions can't be loaded. Everything else is told to the model.
    pub async fn call(&self, call: &Value) -> Result<ToolReply, Error> {
        let ToolCall {
            form,
            name,
            arguments,
        } = ToolCall::read(call)?;
        let reply = self.run(&name, arguments).await?;
        Ok(reply.of(form, name))
    }

    /// Makes a call of a tool by its name. The arguments are an object, or its JSON text.
    ///
    /// # Errors
    ///
    /// If the actions can't be loaded. Everything else is told to the model.
    pub async fn run(&self, name: &str, arguments: Value) -> Result<ToolReply, Error> {
        match self.set().await? {
            Set::Actions(listed) => Ok(self.run_action(listed, name, arguments).await),
            Set::Discovery(discovery) => Ok(discovery.run(self, name, arguments).await),
        }
    }

    async fn run_action(&self, listed: &Listed, name: &str, arguments: Value) -> ToolReply {
        let Some(tool) = listed.find(name) else {
            return ToolReply::unknown_tool(name, self.token_budget);
        };
        let input = tool.input(arguments);
        let mut action = self.action(tool.action_id()).input(&input.action);
        action = action.cursor(input.cursor);
        if input.mock {
            action = action.mock();
        }
        self.send(action, tool.is_list(), tool.effect()).await
    }

    /// Makes a call, and says how it went.
    async fn send(&self, action: Action<S>, is_list: bool, effect: Option<Effect>) -> ToolReply {
        match action.send().await {
            Ok(answer) => ToolReply::success(answer, is_list, self.token_budget),
            Err(error) => ToolReply::failure(error, effect, self.token_budget),
        }
    }

    fn action(&self, id: &str) -> Action<S> {
        let http = self.source.http().clone();
        Action::new(http, id, self.subject.clone(), self.limits)
    }

    async fn set(&self) -> Result<&Set, Error> {
        let load = async || {
            if self.by_search {
                return Discovery::new(self.dialect, self.mocks)
                    .map(|tools| Set::Discovery(Box::new(tools)));
            }
            let actions = self.selection.load(&self.source).await?;
            Ok(Set::Actions(Listed::new(actions, self.dialect, self.mocks)))
        };
        self.set.get_or_try_init(load).await
    }
}

//! Decode: checks the input and options, and reports all faults together.

use std::sync::Arc;

use plugwright_sdk::host::Invocation;
use plugwright_sdk::host::coerce::{self, Coerced};
use plugwright_sdk::host::fields::Fields;
use plugwright_sdk::{ActionError, Value};
use plugwright_store::vault::Vault;

use super::cursor::{self, Bound};
use super::resolve::Resolved;
use super::sent_by_caller;
use crate::call::{Call, CallOption, InputForm, ProxyRequest, Target};
use crate::catalog::ActionFacts;
use crate::limits::{Limit, Limits};
use crate::metrics::LimitHits;
use crate::settings::Policy;

#[derive(Clone, Copy)]
pub(super) struct Rules<'a> {
    pub(super) policy: &'a Policy,
    pub(super) limits: &'a Limits,
    pub(super) hits: &'a LimitHits,
    pub(super) vault: Option<&'a Vault>,
}

/// A call with a valid input.
pub(super) struct Decoded<'a> {
    pub(super) operation: Operation<'a>,
    pub(super) shaping: Shaping,
    /// The provider's cursor, once the connection is known.
    pub(super) cursor: Option<Bound>,
}

pub(super) enum Operation<'a> {
    Action {
        invocation: Invocation,
        input: Arc<Value>,
    },
    Proxy(&'a ProxyRequest),
}

pub(super) struct Shaping {
    pub(super) fields: Option<Fields>,
    /// The input, to which the cursor of the next page is bound.
    pub(super) input: Option<Arc<Value>>,
}

pub(super) fn decode<'a>(
    rules: Rules<'_>,
    call: &'a Call,
    resolved: &Resolved<'_>,
) -> Result<Decoded<'a>, ActionError> {
    let mut faults = call.options.faults.clone();
    let mut note = |option: CallOption, error: ActionError| {
        faults.append(option.faults(call.surface, error));
    };
    if let Some(timeout) = call.options.timeout {
        let longest = rules.limits.call_timeout_most;
        if timeout.is_zero() || timeout > longest {
            let message = format!("must be between 1 ms and {} ms", longest.as_millis());
            let error = CallOption::Timeout.refused(call.surface, message);
            note(CallOption::Timeout, error);
        }
    }
    let fields = match (resolved.action, call.options.fields.as_slice()) {
        (Some(action), asked @ [_, ..]) => bounded(rules, call, asked)
            .and_then(|()| Fields::parse(asked, &action.output_schema()))
            .map_err(|error| note(CallOption::Fields, error))
            .ok(),
        _ => None,
    };
    let cursor = match (resolved.action, &call.options.cursor) {
        (Some(action), Some(cursor)) => cursor::open(rules.vault, action, cursor)
            .map_err(|error| note(CallOption::Cursor, error))
            .ok(),
        _ => None,
    };
    faults.extend(sent_by_caller::faults(rules.policy, call, resolved));
    let operation = match (&call.target, resolved.action) {
        (Target::Action { input, .. }, Some(action)) => {
            match read(action, input, call.options.input_form) {
                Ok((invocation, input)) => Some(Operation::Action { invocation, input }),
                Err(error) if faults.is_empty() => return Err(error),
                Err(error) => {
                    faults.append(error.into_faults());
                    None
                }
            }
        }
        (Target::Proxy { request, .. }, _) => Some(Operation::Proxy(request)),
        (Target::Action { .. }, None) => None,
    };
    let input = match &operation {
        Some(Operation::Action { input, .. }) => Some(Arc::clone(input)),
        _ => None,
    };
    if let (Some(action), Some(cursor), Some(input)) = (resolved.action, &cursor, &input)
        && let Err(error) = cursor.check_input(action, input)
    {
        faults.append(CallOption::Cursor.faults(call.surface, error));
    }
    match operation {
        Some(operation) if faults.is_empty() => Ok(Decoded {
            operation,
            shaping: Shaping { fields, input },
            cursor,
        }),
        _ => Err(ActionError::invalid(faults)),
    }
}

/// Rejects too many or too long field paths: each is looked up in every item.
fn bounded(rules: Rules<'_>, call: &Call, fields: &[String]) -> Result<(), ActionError> {
    let longest = rules.limits.name.min(Fields::LONGEST);
    let most = rules.limits.parameters.min(Fields::MOST);
    let message = if fields.len() > most {
        rules.hits.add(Limit::Parameters);
        format!("must not have more than {most} paths")
    } else if fields.iter().any(|path| path.len() > longest) {
        rules.hits.add(Limit::Name);
        format!("must not have a path of more than {longest} bytes")
    } else {
        return Ok(());
    };
    Err(CallOption::Fields.refused(call.surface, message))
}

/// Decodes an input after converting strings to the types of the action's schema.
fn read(
    action: &ActionFacts,
    input: &Arc<Value>,
    form: InputForm,
) -> Result<(Invocation, Arc<Value>), ActionError> {
    let definition = &*action.entry.action;
    let coerced = match (form, &**input) {
        (InputForm::Mixed, Value::Object(members)) => {
            coerce::mixed(&action.input_schema(), members.clone())
        }
        (InputForm::Texts, Value::Object(members)) => {
            let pairs = members.iter().flat_map(|(name, value)| {
                let texts = value
                    .as_array()
                    .map_or(std::slice::from_ref(value), Vec::as_slice);
                let texts = texts.iter().filter_map(Value::as_str);
                texts.map(move |text| (name.as_str(), text))
            });
            coerce::object(&action.input_schema(), pairs)
        }
        _ => {
            let invocation = definition.decode(Value::clone(input))?;
            return Ok((invocation, Arc::clone(input)));
        }
    };
    let typed = coerced.members.clone();
    let invocation = Coerced::decode(coerced, definition)?;
    Ok((invocation, Arc::new(typed.into())))
}

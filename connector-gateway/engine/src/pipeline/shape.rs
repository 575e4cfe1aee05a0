//! Shape: checks the output, selects fields and seals the cursor.

use plugwright_sdk::{ActionError, ActionResult, ErrorCode, Hint};
use plugwright_store::vault::Vault;

use super::cursor::{self, Place};
use super::decode::Shaping;
use super::resolve::Resolved;
use crate::catalog::ActionFacts;
use crate::output_check::Checked;
use crate::settings::OutputCheck;

pub(super) fn shape(
    output_check: OutputCheck,
    vault: Option<&Vault>,
    resolved: &Resolved<'_>,
    shaping: &Shaping,
    place: Place<'_>,
    mut result: ActionResult,
) -> Result<ActionResult, ActionError> {
    let Some(action) = resolved.action else {
        return Ok(result);
    };
    check(output_check, action, &result)?;
    if let Some(fields) = &shaping.fields {
        result.data = fields.project_data(std::mem::take(&mut result.data));
    }
    result.meta.cursor = match (result.meta.cursor.take(), &shaping.input) {
        (Some(cursor), Some(input)) => Some(cursor::seal(vault, action, input, place, &cursor)?),
        _ => None,
    };
    Ok(result)
}

fn check(
    output_check: OutputCheck,
    action: &ActionFacts,
    result: &ActionResult,
) -> Result<(), ActionError> {
    match output_check {
        OutputCheck::Off => return Ok(()),
        OutputCheck::Warn if !action.is_sampled() => return Ok(()),
        OutputCheck::Warn | OutputCheck::Enforce => {}
    }
    let is_strict = output_check == OutputCheck::Enforce;
    let (fault, problem) = match action.check_output(&result.data.value(), is_strict) {
        Checked::Fits | Checked::Unknown => return Ok(()),
        Checked::TooLarge if !is_strict => {
            let action = &action.id;
            tracing::info!(action, "an output is too large or deep to be checked");
            return Ok(());
        }
        Checked::TooLarge => (None, "is too large or deep to be checked"),
        Checked::Fault(fault) => (Some(fault), "does not fit its schema"),
    };
    if !is_strict {
        tracing::warn!(
            action = action.id,
            fault,
            "an output does not fit its schema"
        );
        return Ok(());
    }
    let message = format!("the output of `{}` {problem}", action.id);
    let error = ActionError::new(ErrorCode::UpstreamInvalid, message).with_hint(Hint::Abort);
    Err(match fault {
        Some(fault) => error.with_detail(fault),
        None => error,
    })
}

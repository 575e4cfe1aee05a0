//! Shape: checks the output, selects fields and seals the cursor.

use plugwright_sdk::{ActionError, ActionResult, ErrorCode, Hint};
use plugwright_store::vault::Vault;

use super::cursor::{self, Place};
use super::decode::Shaping;
use super::resolve::Resolved;
use crate::catalog::ActionFacts;
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
        result.data = fields.project(&result.data.value()).into();
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
    let Some(fault) = action.output_fault(&result.data.value()) else {
        return Ok(());
    };
    if output_check == OutputCheck::Warn {
        tracing::warn!(
            action = action.id,
            fault,
            "an output does not fit its schema"
        );
        return Ok(());
    }
    Err(ActionError::new(
        ErrorCode::UpstreamInvalid,
        format!("the output of `{}` does not fit its schema", action.id),
    )
    .with_hint(Hint::Abort)
    .with_detail(fault))
}

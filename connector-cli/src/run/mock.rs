//! `--mock`: plausible answers, whatever the parameters are.

use plugwright_sdk::transport::Mock;
use plugwright_sdk::{Action as _, ActionError, ActionResult, ErrorCode, schema};

use super::call::Call;
use super::delivery::Delivery;
use super::observed::Observed;
use crate::failure::{Failure, Stop};
use crate::output;

pub(super) fn run(call: &Call<'_>) -> Result<(), Stop> {
    let connector = call.prepared.entry.connector;
    let cassettes = super::cassettes(connector)?;
    let own = cassettes
        .iter()
        .filter(|cassette| cassette.action == call.prepared.entry.action.name());
    if let Some(mock) = Mock::new(own) {
        call.deliver(&Observed::new(mock), super::placeholder(connector))?;
        output::note("mock data: a recorded answer, not one to these parameters");
    } else if call.arguments.save.is_some() {
        let message = "nothing is recorded for this action, so there is no file to save";
        let error = ActionError::new(ErrorCode::NotFound, message);
        return Err(Failure::from(error).into());
    } else {
        let mut delivery = Delivery::new(call);
        delivery.take(ActionResult {
            raw: None,
            ..ActionResult::new(schema::example::of(&call.output))
        });
        delivery.finish(1)?;
        output::note("mock data: made up after the output schema");
    }
    Ok(())
}

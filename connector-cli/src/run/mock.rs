//! `--mock`: sample data that ignores the parameters.

use plugwright_engine::Mode;
use plugwright_sdk::host::Registry;

use super::call::Call;
use super::pages;
use crate::failure::Stop;
use crate::output;

pub(super) fn run(registry: Registry, call: &Call<'_>) -> Result<(), Stop> {
    let executor = pages::offline(registry)?;
    let answers = call.deliver(&executor, |made| {
        made.options.mode = Mode::Mock;
    })?;
    output::note(if answers > 0 {
        "mock data: a recorded response that ignores the parameters"
    } else {
        "mock data: generated from the output schema"
    });
    Ok(())
}

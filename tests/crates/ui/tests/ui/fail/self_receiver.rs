use plugwright_sdk::{ActionContext, Result, action};

struct Things;

impl Things {
    /// Lists things.
    #[action("things.list", read)]
    async fn list(&self, _: &ActionContext) -> Result<()> {
        Ok(())
    }
}

fn main() {}

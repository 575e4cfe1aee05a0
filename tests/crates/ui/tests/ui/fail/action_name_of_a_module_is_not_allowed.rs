#[allow(non_snake_case)]
mod Things {
    use plugwright_sdk::{ActionContext, Result, action};

    /// Lists things.
    #[action(read)]
    pub async fn list(_: &ActionContext) -> Result<()> {
        Ok(())
    }
}

fn main() {}

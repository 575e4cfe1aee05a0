//! Writes a connector of 1,100 actions with two parameters each.

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

const ACTIONS: usize = 1100;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let mut code = String::new();
    for index in 0..ACTIONS {
        write!(
            code,
            r#"
/// Lists things of kind {index}.
#[action("kind_{index}.list", read)]
pub async fn list_{index}(
    _cx: &ActionContext,
    /// Which ones.
    name: String,
    /// How many.
    #[param(default = 30, range(1..=100))]
    limit: u32,
) -> Result<()> {{
    let _ = (name, limit);
    Ok(())
}}
"#
        )?;
    }
    let functions: Vec<_> = (0..ACTIONS).map(|index| format!("list_{index}")).collect();
    write!(
        code,
        r#"
/// The connector.
pub static CONNECTOR: ConnectorDefinition =
    ConnectorDefinition::new("large", "Large", "1.0.0").actions(actions![{}]);
"#,
        functions.join(", ")
    )?;
    let folder = env::var("OUT_DIR")?;
    fs::write(Path::new(&folder).join("connector.rs"), code)?;
    Ok(())
}

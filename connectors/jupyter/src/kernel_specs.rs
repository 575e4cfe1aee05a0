//! Kinds of kernels that the server has.

use plugwright_sdk::{ActionContext, Page, Result, Value, action};

use crate::model::KernelSpec;

/// Lists the kinds of kernels that the server can start.
///
/// Returns name, language and name for people of each, and which one is the default.
#[action(read)]
pub async fn list(cx: &ActionContext) -> Result<Page<KernelSpec>> {
    let answer: Value = cx.get("/api/kernelspecs").fetch().await?;
    let default = &answer["default"];
    let specs = answer["kernelspecs"].as_object().into_iter().flatten();
    let specs = specs.map(|(name, it)| {
        let text = |member: &str| it["spec"][member].as_str().map(str::to_owned);
        KernelSpec {
            name: name.clone(),
            display_name: text("display_name"),
            language: text("language"),
            is_default: default == name.as_str(),
        }
    });
    Ok(Page::new(specs.collect()))
}

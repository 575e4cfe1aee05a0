//! `cassettes!("folder")`: recorded traffic inside the crate.

use std::path::Path;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, LitStr};

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let folder: LitStr = match syn::parse2(input) {
        Ok(folder) => folder,
        Err(error) => return error.to_compile_error(),
    };
    match files(&folder.value()) {
        Ok(names) => {
            let paths = names
                .iter()
                .map(|name| format!("/{}/{name}", folder.value()));
            quote! {
                &[#((#names, ::core::include_str!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), #paths)))),*]
            }
        }
        Err(message) => Error::new(folder.span(), message).to_compile_error(),
    }
}

fn stem(name: &str) -> &str {
    name.strip_suffix(".json").unwrap_or(name)
}

/// Returns the names of the JSON files in a folder of the crate, sorted: `tasks.list.json` before
/// `tasks.list.empty.json`, since the plain one is the action's main recording.
fn files(folder: &str) -> Result<Vec<String>, String> {
    let root = std::env::var("CARGO_MANIFEST_DIR")
        .map_err(|_| "`CARGO_MANIFEST_DIR` is not set".to_owned())?;
    let entries = std::fs::read_dir(Path::new(&root).join(folder)).map_err(|error| {
        format!(
            "folder `{folder}` of this crate can't be read: {}",
            error.kind()
        )
    })?;
    let mut names = Vec::new();
    for entry in entries {
        let name = entry
            .map_err(|error| {
                format!(
                    "folder `{folder}` of this crate can't be read: {}",
                    error.kind()
                )
            })?
            .file_name();
        let name = name.to_string_lossy().into_owned();
        if Path::new(&name)
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            names.push(name);
        }
    }
    names.sort_by(|left, right| stem(left).cmp(stem(right)));
    Ok(names)
}

//! Mistakes in `reconcile(..)`.

use quote::quote;

use super::{mistakes, one, tokens};
use crate::golden::sdk;

/// The mistakes in `#[action(..)]` on a function with the parameters `list` and `title`.
fn of_reconcile(attribute: &str) -> Vec<super::Mistake> {
    let function = quote! {
        /// Adds a task.
        async fn add(
            cx: &ActionContext,
            /// List.
            r#list: String,
            #[param(flatten)]
            title: Title
        ) -> Result<()> { Ok(()) }
    };
    let attribute = tokens(attribute);
    mistakes(|| crate::action::expand(attribute, &function, &sdk()))
}

#[test]
fn a_function_with_its_arguments_finds_a_lost_write() {
    for fine in [
        "write, reconcile(key = found())",
        "destructive, reconcile(natural = super::found(title, list),)",
        "write, reconcile(natural = found(r#list,))",
    ] {
        assert_eq!(of_reconcile(fine), [], "{fine}");
    }
    for wrong in [
        "reconcile",
        "reconcile = found",
        "reconcile()",
        "reconcile(found(list))",
        "reconcile(natural = found)",
        "reconcile(natural = found(\"list\"))",
        "reconcile(field = found(list))",
        "reconcile(key = found(), natural = found(list))",
    ] {
        let message = "`reconcile` takes a function and the parameters to pass to it: `reconcile(key = find_created(title))` or `reconcile(natural = find_created(title))`";
        assert_eq!(
            of_reconcile(&format!("write, {wrong}")),
            one(message, wrong),
            "{wrong}"
        );
    }
}

#[test]
fn the_arguments_are_parameters_and_stand_once() {
    assert_eq!(
        of_reconcile("write, reconcile(natural = found(list, name))"),
        one(
            "`name` is not a parameter; parameters are: list, title",
            "name"
        )
    );
    assert_eq!(
        of_reconcile("write, reconcile(natural = found(list, title, list))"),
        one("`list` is passed twice; remove one", "list")
    );
}

#[test]
fn what_can_be_repeated_needs_no_reconciling() {
    let message = "`reconcile` is for writes that are not idempotent; this action can be repeated";
    let reconcile = "reconcile(key = found())";
    for before in ["read", "write, idempotent", "destructive, idempotent"] {
        assert_eq!(
            of_reconcile(&format!("{before}, {reconcile}")),
            one(message, reconcile),
            "{before}"
        );
    }
    let twice = format!("write, {reconcile}, {reconcile}");
    assert_eq!(
        of_reconcile(&twice),
        one(
            "`reconcile` is given twice in `#[action]`; remove one",
            "reconcile"
        )
    );
}

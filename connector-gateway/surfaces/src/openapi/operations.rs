//! Descriptions of the endpoints for operators and of the documents themselves.

use serde_json::json;

use super::api::{Access, Answers, Api};
use super::failures::{Failures, own};
use super::operation::{Group, Operation, codes};
use crate::operations;

pub(super) fn describe(api: &mut Api) {
    let tag = json!({ "name": "Operations", "description": "Liveness, readiness, metrics and documents." });
    api.tag(tag);
    api.describe(operations::operations(), &group());
    api.describe(super::operations(), &group());
}

fn group<S>() -> Group<S> {
    Group {
        tag: "Operations",
        prefix: "",
        access: Access::Token,
        envelope: |_, data| data,
        failures,
    }
}

fn failures<S>(api: &mut Api, operation: &Operation<S>) -> Answers {
    let always = codes![Unauthorized Unavailable InternalError];
    own(
        api,
        &Failures::of_codes(&[always, operation.errors].concat()),
    )
}

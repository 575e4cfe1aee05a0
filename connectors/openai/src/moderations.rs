//! Moderation.

use std::collections::BTreeMap;

use plugwright_sdk::{ActionContext, ActionError, ErrorCode, Result, action, model, params};

/// Whether a text is harmful.
#[model]
pub struct Moderation {
    /// Id.
    pub id: String,
    /// The model that judged.
    pub model: String,
    /// Whether it is harmful in any way.
    pub flagged: bool,
    /// Whether it is, by kind of harm.
    pub categories: BTreeMap<String, bool>,
    /// How sure the model is, from 0 to 1, by kind of harm.
    pub category_scores: BTreeMap<String, f64>,
}

#[model]
struct Wire {
    id: String,
    model: String,
    results: Vec<Judgement>,
}

#[model]
struct Judgement {
    flagged: bool,
    categories: BTreeMap<String, Option<bool>>,
    category_scores: BTreeMap<String, f64>,
}

/// Judges whether a text is harmful: hate, harassment, violence, self-harm, sexual or illicit.
///
/// Returns whether it is, and for each kind of harm how sure the model is. It is free.
#[action(read, title = "Moderate a text")]
pub async fn create(
    cx: &ActionContext,
    /// The text.
    #[param(length(1..))]
    input: String,
    /// Name of the model.
    #[param(provider_default = "omni-moderation-latest")]
    model: Option<String>,
) -> Result<Moderation> {
    let request = cx.post("/moderations").fields(params![input, model]);
    let answer: Wire = request.fetch().await?;
    let judged = answer.results.into_iter().next().ok_or_else(|| {
        ActionError::new(ErrorCode::UpstreamInvalid, "OpenAI's answer has no result")
    })?;
    let categories = judged.categories.into_iter();
    Ok(Moderation {
        id: answer.id,
        model: answer.model,
        flagged: judged.flagged,
        categories: categories
            .map(|(kind, is_it)| (kind, is_it.unwrap_or_default()))
            .collect(),
        category_scores: judged.category_scores,
    })
}

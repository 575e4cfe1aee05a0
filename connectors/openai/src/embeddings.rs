//! Embeddings.

use plugwright_sdk::{ActionContext, Result, action, model, params};

/// Texts as vectors.
#[model]
pub struct Embeddings {
    /// The model that made them.
    pub model: String,
    /// A vector for each text, in the same order.
    pub embeddings: Vec<Vec<f64>>,
    /// Counts of the texts.
    pub total_tokens: u64,
}

#[model]
struct Wire {
    model: String,
    data: Vec<Vector>,
    usage: Counts,
}

#[model]
struct Vector {
    index: usize,
    embedding: Vec<f64>,
}

#[model]
struct Counts {
    total_tokens: u64,
}

/// Turns texts into vectors, by which texts of similar meaning can be found.
///
/// Texts are near if their vectors point the same way. Returns a vector of numbers for each text. It costs
/// money.
#[action(read, title = "Embed texts")]
pub async fn create(
    cx: &ActionContext,
    /// The texts, up to 2048 of up to 8192 tokens each.
    #[param(length(1..=2048))]
    input: Vec<String>,
    /// Name of the model.
    #[param(default = "text-embedding-3-small")]
    model: String,
    /// How many numbers a vector has; `text-embedding-3` and later take it.
    #[param(range(1..))]
    dimensions: Option<u32>,
) -> Result<Embeddings> {
    let mut answer: Wire = cx
        .post("/embeddings")
        .fields(params![input, model, dimensions, encoding_format = "float"])
        .fetch()
        .await?;
    answer.data.sort_by_key(|vector| vector.index);
    Ok(Embeddings {
        model: answer.model,
        embeddings: answer
            .data
            .into_iter()
            .map(|vector| vector.embedding)
            .collect(),
        total_tokens: answer.usage.total_tokens,
    })
}

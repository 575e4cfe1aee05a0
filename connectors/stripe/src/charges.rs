//! Charges.

use plugwright_sdk::{ActionContext, Page, Param, Result, action, path};

use crate::expand::{self, Path};
use crate::model::{Charge, Created, CustomerId, Limit, hits, items};

/// Id of the charge, such as `ch_3Nk2MlI0XSgju2ur0Zcv519e`.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(length(1..=255))]
pub struct ChargeId(pub String);

/// Lists charges, the newest first.
///
/// All of them, or those of a customer, of a payment or of some time. Returns amounts in the currency's
/// smallest unit, status, card and failure of each charge, page by page.
#[action(read, scopes = ["read_only"], get = "/charges", page = items())]
pub async fn list(
    cx: &ActionContext,
    /// Only charges of this customer.
    customer: Option<CustomerId>,
    /// Only charges of the payment with this id.
    payment_intent: Option<String>,
    /// Only charges created in this time.
    created: Option<Created>,
    /// Charges per page.
    limit: Option<Limit>,
) -> Result<Page<Charge>>;

/// Searches charges with a query in Stripe's search language.
///
/// What was just written shows after about a minute. Returns amounts in the currency's smallest unit,
/// status, card and failure of each charge.
#[action(read, scopes = ["read_only"], get = "/charges/search", page = hits())]
pub async fn search(
    cx: &ActionContext,
    /// Query over fields such as `amount`, `created`, `currency`, `customer`, `metadata`, `status` and
    /// `payment_method_details.card.last4`.
    #[param(length(1..), example = "amount>999 AND status:'failed'")]
    query: String,
    /// Charges per page.
    limit: Option<Limit>,
) -> Result<Page<Charge>>;

/// Gets one charge by its id.
///
/// Returns amounts in the currency's smallest unit, status, card, failure, receipt, and the ids of
/// customer, payment and invoice.
#[action(read, scopes = ["read_only"])]
pub async fn get(
    cx: &ActionContext,
    charge: ChargeId,
    /// Fields whose objects are returned under `expanded`, such as `balance_transaction`.
    #[param(length(1..=20))]
    expand: Option<Vec<Path>>,
) -> Result<Charge> {
    expand::fetch(cx.get(path!("/charges/{charge}")), expand).await
}

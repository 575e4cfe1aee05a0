//! Refunds.

use std::collections::BTreeMap;

use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Param, Result, Value, action, json};

use crate::lost;
use crate::model::{Created, Limit, Refund, items};

/// Lists refunds, the newest first.
///
/// All of them, or those of a charge, of a payment or of some time. Returns amount in the currency's
/// smallest unit, status and reason of each refund, page by page.
#[action(read, scopes = ["read_only"], get = "/refunds", page = items())]
pub async fn list(
    cx: &ActionContext,
    /// Only refunds of the charge with this id.
    charge: Option<String>,
    /// Only refunds of the payment with this id.
    payment_intent: Option<String>,
    /// Only refunds created in this time.
    created: Option<Created>,
    /// Refunds per page.
    limit: Option<Limit>,
) -> Result<Page<Refund>>;

/// Why money is given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum RefundReason {
    /// It was paid twice.
    Duplicate,
    /// It was fraud.
    Fraudulent,
    /// The customer asked for it.
    RequestedByCustomer,
}

/// Gives the money of a payment or charge back, as a whole or in part.
///
/// It can't be undone, and Stripe keeps its fees. Several refunds of one payment are possible until all
/// of it is given back. Returns the refund with its id and status.
#[action(
    destructive,
    scopes = ["read_write"],
    reconcile(key = find_created()),
    post = "/refunds",
    form,
    exactly_one(payment_intent, charge)
)]
pub async fn create(
    cx: &ActionContext,
    /// Id of the payment.
    payment_intent: Option<String>,
    /// Id of the charge.
    charge: Option<String>,
    /// Amount to give back, in the currency's smallest unit; all that is left of it if left out.
    #[param(range(1..), example = 1999)]
    amount: Option<u64>,
    /// Why it is given back.
    reason: Option<RefundReason>,
    /// The account's own data, up to 50 keys.
    #[param(length(..=50))]
    metadata: Option<BTreeMap<String, String>>,
) -> Result<Refund>;

/// The event of a refund is one of its charge.
async fn find_created(cx: &ActionContext, lost: &Lost) -> Result<Outcome<Refund>> {
    let event = match lost::event(cx, lost, "charge.refunded").await? {
        Outcome::Done(event) => event,
        Outcome::NotDone => return Ok(Outcome::NotDone),
        Outcome::Unknown(reason) => return Ok(Outcome::Unknown(reason)),
    };
    let Some(charge) = event.data.object.get("id").and_then(Value::as_str) else {
        return Ok(Outcome::unknown("the event of the write names no object"));
    };
    let refunds = cx
        .get("/refunds")
        .query("charge", charge)
        .query("created", json!({ "gte": lost.since_unix() }))
        .query("limit", Limit(100))
        .pages(items(), 1)
        .await?;
    Ok(match Outcome::in_list(refunds, |_: &Refund| true) {
        Outcome::NotDone => Outcome::unknown("the charge was refunded, but has no new refund"),
        found => found,
    })
}

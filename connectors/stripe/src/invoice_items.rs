//! Amounts that go into invoices.

use std::collections::BTreeMap;

use plugwright_sdk::{ActionContext, Lost, Outcome, Result, action, path};

use crate::lost;
use crate::model::{Currency, CustomerId, InvoiceItem};

/// Adds an amount to a draft of an invoice, or to the customer's next invoice.
///
/// The amount is given as such, in the currency's smallest unit, or by a price. Returns the new item with
/// its id.
#[action(
    write,
    scopes = ["read_write"],
    reconcile(key = find_created()),
    post = "/invoiceitems",
    form,
    exactly_one(amount, price),
    requires(amount, currency)
)]
pub async fn create(
    cx: &ActionContext,
    customer: CustomerId,
    /// Id of the draft; without it, the customer's next invoice has it.
    invoice: Option<String>,
    /// Amount, in the currency's smallest unit; a negative one is credit.
    #[param(example = 1999)]
    amount: Option<i64>,
    /// Currency of `amount`.
    currency: Option<Currency>,
    /// Id of the price.
    price: Option<String>,
    /// How many units of the price.
    #[param(provider_default = 1)]
    quantity: Option<u32>,
    /// What it is for, as the customer reads it.
    description: Option<String>,
    /// The account's own data, up to 50 keys.
    #[param(length(..=50))]
    metadata: Option<BTreeMap<String, String>>,
) -> Result<InvoiceItem>;

async fn find_created(cx: &ActionContext, lost: &Lost) -> Result<Outcome<InvoiceItem>> {
    lost::made(cx, lost, "invoiceitem.created", |id| {
        path!("/invoiceitems/{id}")
    })
    .await
}

//! Invoices.

use std::collections::BTreeMap;

use plugwright_sdk::{ActionContext, Lost, Outcome, Page, Param, Result, action, path};

use crate::expand::{self, Path};
use crate::lost;
use crate::model::{CollectionMethod, Created, Currency, CustomerId, Invoice, Limit, items};

/// Id of the invoice, such as `in_1OIBngI0XSgju2urLPfyF8yN`.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(length(1..=255))]
pub struct InvoiceId(pub String);

/// Where an invoice is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum InvoiceStatus {
    /// It can still be changed.
    Draft,
    /// It is final and to be paid.
    Open,
    /// It is paid.
    Paid,
    /// It will hardly be paid.
    Uncollectible,
    /// It was a mistake.
    Void,
}

/// Lists invoices, the newest first.
///
/// All of them, or those of a customer, of a subscription, with a status or of some time. Returns number,
/// status, amounts in the currency's smallest unit and lines of each invoice, page by page.
#[action(read, scopes = ["read_only"], get = "/invoices", page = items())]
pub async fn list(
    cx: &ActionContext,
    /// Only invoices of this customer.
    customer: Option<CustomerId>,
    /// Only invoices of the subscription with this id.
    subscription: Option<String>,
    /// Only invoices with this status.
    status: Option<InvoiceStatus>,
    /// Only invoices created in this time.
    created: Option<Created>,
    /// Invoices per page.
    limit: Option<Limit>,
) -> Result<Page<Invoice>>;

/// Gets one invoice by its id.
///
/// Returns number, status, customer, amounts in the currency's smallest unit, the first ten lines, and
/// where it can be seen, paid and downloaded.
#[action(read, scopes = ["read_only"])]
pub async fn get(
    cx: &ActionContext,
    invoice: InvoiceId,
    /// Fields whose objects are returned under `expanded`, such as `customer` or `payment_intent`.
    #[param(length(1..=20))]
    expand: Option<Vec<Path>>,
) -> Result<Invoice> {
    expand::fetch(cx.get(path!("/invoices/{invoice}")), expand).await
}

/// What becomes of a customer's amounts that are in no invoice yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum PendingItems {
    /// They go into this invoice.
    Include,
    /// They wait for another one.
    Exclude,
}

/// Creates an invoice of a customer, as a draft.
///
/// `invoice_items.create` adds amounts to it, and `invoices.finalize` makes it final. Returns the draft
/// with its id.
#[action(
    write,
    scopes = ["read_write"],
    reconcile(key = find_created()),
    post = "/invoices",
    form
)]
pub async fn create(
    cx: &ActionContext,
    customer: CustomerId,
    /// What the customer reads on it.
    description: Option<String>,
    /// How it is collected.
    #[param(provider_default = CollectionMethod::ChargeAutomatically)]
    collection_method: Option<CollectionMethod>,
    /// Number of days until it is due, with the collection method `send_invoice`.
    days_until_due: Option<u32>,
    /// Whether Stripe makes it final and collects it by itself, about an hour later.
    #[param(provider_default = false)]
    auto_advance: Option<bool>,
    /// Currency; without it, that of the customer.
    currency: Option<Currency>,
    /// What becomes of the customer's amounts that are in no invoice yet.
    #[param(provider_default = PendingItems::Exclude)]
    pending_invoice_items_behavior: Option<PendingItems>,
    /// The account's own data, up to 50 keys.
    #[param(length(..=50))]
    metadata: Option<BTreeMap<String, String>>,
) -> Result<Invoice>;

async fn find_created(cx: &ActionContext, lost: &Lost) -> Result<Outcome<Invoice>> {
    lost::made(cx, lost, "invoice.created", |id| path!("/invoices/{id}")).await
}

/// Makes a draft of an invoice final, so that it has a number and can be paid.
///
/// It can't be changed any more. Returns the invoice with its number and addresses.
#[action(
    write,
    idempotent,
    scopes = ["read_write"],
    post = "/invoices/{invoice}/finalize",
    form(optional)
)]
pub async fn finalize(
    cx: &ActionContext,
    invoice: InvoiceId,
    /// Whether Stripe collects it by itself.
    auto_advance: Option<bool>,
) -> Result<Invoice>;

/// Sends an invoice to the customer by mail, and makes it final if it is a draft.
///
/// Each call sends another mail; in test mode there is none. Returns the invoice.
#[action(
    write,
    scopes = ["read_write"],
    reconcile(key = find_sent()),
    post = "/invoices/{invoice}/send"
)]
pub async fn send(cx: &ActionContext, invoice: InvoiceId) -> Result<Invoice>;

async fn find_sent(cx: &ActionContext, lost: &Lost) -> Result<Outcome<Invoice>> {
    lost::made(cx, lost, "invoice.sent", |id| path!("/invoices/{id}")).await
}

/// Marks a final invoice as void, so that nobody pays it.
///
/// It can't be undone. The invoice and its number are kept. Returns the invoice.
#[action(
    destructive,
    idempotent,
    scopes = ["read_write"],
    post = "/invoices/{invoice}/void"
)]
pub async fn void(cx: &ActionContext, invoice: InvoiceId) -> Result<Invoice>;

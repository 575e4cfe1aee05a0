//! Subscriptions.

use std::collections::BTreeMap;

use plugwright_sdk::{
    ActionContext, Lost, Outcome, Page, Param, Params, Patch, Result, action, params, path,
};

use crate::expand::{self, Path};
use crate::lost;
use crate::model::{CollectionMethod, Created, CustomerId, Limit, Subscription, items};

/// Id of the subscription, such as `sub_1NYWgUI0XSgju2urmVcglalG`.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(length(1..=255))]
pub struct SubscriptionId(pub String);

/// State of a subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum SubscriptionStatus {
    /// It is paid.
    Active,
    /// Payment is late.
    PastDue,
    /// Payment failed for good.
    Unpaid,
    /// It was cancelled.
    Canceled,
    /// The first payment is missing.
    Incomplete,
    /// The first payment never came.
    IncompleteExpired,
    /// It is in its trial.
    Trialing,
    /// Its trial ended without a payment method.
    Paused,
    /// It was cancelled, or its first payment never came.
    Ended,
    /// Any.
    All,
}

/// Lists subscriptions, the newest first.
///
/// Those that are not cancelled, unless a status is given; of all customers or of one. Returns customer,
/// status, prices and current period of each subscription, page by page.
#[action(read, scopes = ["read_only"], get = "/subscriptions", page = items())]
pub async fn list(
    cx: &ActionContext,
    /// Only subscriptions of this customer.
    customer: Option<CustomerId>,
    /// Only subscriptions with the price of this id.
    price: Option<String>,
    /// Only subscriptions in this state; `all` for those that are cancelled as well.
    status: Option<SubscriptionStatus>,
    /// Only subscriptions created in this time.
    created: Option<Created>,
    /// Subscriptions per page.
    limit: Option<Limit>,
) -> Result<Page<Subscription>>;

/// Gets one subscription by its id.
///
/// Returns customer, status, prices and quantities, current period, trial, and when it ends.
#[action(read, scopes = ["read_only"])]
pub async fn get(
    cx: &ActionContext,
    subscription: SubscriptionId,
    /// Fields whose objects are returned under `expanded`, such as `latest_invoice` or
    /// `items.data.price.product`.
    #[param(length(1..=20))]
    expand: Option<Vec<Path>>,
) -> Result<Subscription> {
    expand::fetch(cx.get(path!("/subscriptions/{subscription}")), expand).await
}

/// A price to subscribe to.
#[derive(Clone, Debug, PartialEq, Eq, Params)]
pub struct SubscribedPrice {
    /// Id of the price, which must recur.
    pub price: String,
    /// How many units.
    #[param(provider_default = 1)]
    pub quantity: Option<u32>,
}

/// Subscribes a customer to one or more recurring prices.
///
/// The first payment is taken at once from the customer's default payment method, unless there is a trial
/// or an invoice is sent. Returns the new subscription with its id and status.
#[action(
    write,
    scopes = ["read_write"],
    reconcile(key = find_created()),
    post = "/subscriptions",
    form
)]
pub async fn create(
    cx: &ActionContext,
    customer: CustomerId,
    /// Prices to subscribe to, up to 20.
    #[param(length(1..=20))]
    items: Vec<SubscribedPrice>,
    /// Days until the first payment.
    #[param(range(1..=730))]
    trial_period_days: Option<u32>,
    /// How invoices are collected.
    #[param(provider_default = CollectionMethod::ChargeAutomatically)]
    collection_method: Option<CollectionMethod>,
    /// Number of days until an invoice is due, with the collection method `send_invoice`.
    days_until_due: Option<u32>,
    /// Id of the payment method; without it, the customer's default.
    default_payment_method: Option<String>,
    /// What it is for, as the customer reads it.
    #[param(length(..=500))]
    description: Option<String>,
    /// The account's own data, up to 50 keys.
    #[param(length(..=50))]
    metadata: Option<BTreeMap<String, String>>,
) -> Result<Subscription>;

async fn find_created(cx: &ActionContext, lost: &Lost) -> Result<Outcome<Subscription>> {
    let path = |id: &str| path!("/subscriptions/{id}");
    lost::made(cx, lost, "customer.subscription.created", path).await
}

/// A price in a subscription that changes.
#[derive(Clone, Debug, PartialEq, Eq, Params)]
pub struct ItemChange {
    /// Id of the item; without it, a price is added.
    pub id: Option<String>,
    /// Id of the price.
    pub price: Option<String>,
    /// How many units.
    pub quantity: Option<u32>,
    /// Whether to take it out.
    pub deleted: Option<bool>,
}

/// What becomes of the rest of a period that is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum Proration {
    /// It is taken into account with the next invoice.
    CreateProrations,
    /// It is invoiced at once.
    AlwaysInvoice,
    /// Nothing.
    None,
}

/// Changes a subscription: prices, quantities, payment method, or whether it ends with the current
/// period.
///
/// What is not given stays as it is. Items that are not named stay as well. Returns the changed
/// subscription.
#[action(
    write,
    idempotent,
    scopes = ["read_write"],
    post = "/subscriptions/{subscription}",
    form
)]
pub async fn update(
    cx: &ActionContext,
    subscription: SubscriptionId,
    /// Prices that change, are added or taken out; those that are added are added again by each call.
    #[param(length(1..=20))]
    items: Option<Vec<ItemChange>>,
    /// Whether it ends with the current period; false takes that back.
    cancel_at_period_end: Option<bool>,
    /// What becomes of the rest of a period that is paid.
    #[param(provider_default = Proration::CreateProrations)]
    proration_behavior: Option<Proration>,
    /// Id of the new payment method.
    default_payment_method: Option<String>,
    /// New text about what it is for.
    #[param(length(..=500))]
    description: Patch<String>,
    /// Keys to set; an empty text removes one.
    metadata: Option<BTreeMap<String, String>>,
) -> Result<Subscription>;

/// Cancels a subscription at once.
///
/// It can't be undone. To let it end with the period that is paid, use `subscriptions.update` with
/// `cancel_at_period_end`. Returns the subscription.
#[action(destructive, idempotent, scopes = ["read_write"])]
pub async fn cancel(
    cx: &ActionContext,
    subscription: SubscriptionId,
    /// Whether to invoice at once what is not invoiced yet.
    #[param(provider_default = false)]
    invoice_now: Option<bool>,
    /// Whether to give credit for the rest of the period.
    #[param(provider_default = false)]
    prorate: Option<bool>,
) -> Result<Subscription> {
    cx.delete(path!("/subscriptions/{subscription}"))
        .form_fields(params![invoice_now, prorate])
        .optional_body()
        .fetch()
        .await
}

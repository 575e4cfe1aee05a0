//! Checkout sessions.

use std::collections::BTreeMap;

use plugwright_sdk::{ActionContext, Page, Param, Result, action, path};

use crate::expand::{self, Path};
use crate::model::{CheckoutMode, CheckoutSession, CustomerId, Limit, LineItem, items};

/// Id of the checkout session, such as `cs_test_a1LFuyKHsmzBxr6S`.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(length(1..=255))]
pub struct CheckoutSessionId(pub String);

/// Lists checkout sessions, the newest first.
///
/// All of them, or those of a customer, payment, payment link or subscription. Returns status, amounts in
/// the currency's smallest unit and customer of each session, page by page.
#[action(read, scopes = ["read_only"], get = "/checkout/sessions", page = items())]
pub async fn list(
    cx: &ActionContext,
    /// Only sessions of this customer.
    customer: Option<CustomerId>,
    /// Only the session of the payment with this id.
    payment_intent: Option<String>,
    /// Only sessions of the payment link with this id.
    payment_link: Option<String>,
    /// Only the session of the subscription with this id.
    subscription: Option<String>,
    /// Sessions per page.
    limit: Option<Limit>,
) -> Result<Page<CheckoutSession>>;

/// Gets one checkout session by its id.
///
/// Returns status, whether it is paid, amounts in the currency's smallest unit, what the customer
/// entered, and the ids of payment, invoice and subscription.
#[action(read, scopes = ["read_only"])]
pub async fn get(
    cx: &ActionContext,
    session: CheckoutSessionId,
    /// Fields whose objects are returned under `expanded`, such as `line_items` or `payment_intent`.
    #[param(length(1..=20))]
    expand: Option<Vec<Path>>,
) -> Result<CheckoutSession> {
    expand::fetch(cx.get(path!("/checkout/sessions/{session}")), expand).await
}

/// Creates a page of Stripe's on which one customer pays once, or subscribes.
///
/// Send the customer to the `url` of the result, which is open for 24 hours unless `expires_at` is given.
/// Returns the new session with its id.
#[action(write, scopes = ["read_write"], post = "/checkout/sessions", form)]
pub async fn create(
    cx: &ActionContext,
    /// What is sold, up to 100 prices; with the mode `subscription` at least one of them recurs.
    #[param(length(1..=100))]
    line_items: Vec<LineItem>,
    /// What the checkout is for.
    #[param(default = CheckoutMode::Payment)]
    mode: CheckoutMode,
    /// Address that the customer comes to after paying; Stripe replaces `{CHECKOUT_SESSION_ID}`.
    #[param(length(1..), example = "https://example.com/thanks?session={CHECKOUT_SESSION_ID}")]
    success_url: String,
    /// Address that the customer comes to without paying.
    cancel_url: Option<String>,
    /// Customer who pays; without it, one is made of what the payer enters.
    customer: Option<CustomerId>,
    /// Mail address that is filled in, in place of a customer.
    #[param(format = "email")]
    customer_email: Option<String>,
    /// The account's own id of the order.
    #[param(length(..=200))]
    client_reference_id: Option<String>,
    /// Whether the customer can enter promotion codes.
    #[param(provider_default = false)]
    allow_promotion_codes: Option<bool>,
    /// When it expires, in Unix time (seconds): in 30 minutes at the earliest, in 24 hours at the latest.
    expires_at: Option<u64>,
    /// The account's own data, up to 50 keys.
    #[param(length(..=50))]
    metadata: Option<BTreeMap<String, String>>,
) -> Result<CheckoutSession>;

/// Ends a checkout session that is open, so that it can't be paid any more.
///
/// It can't be undone; create another one instead. Returns the session.
#[action(
    destructive,
    idempotent,
    scopes = ["read_write"],
    post = "/checkout/sessions/{session}/expire"
)]
pub async fn expire(cx: &ActionContext, session: CheckoutSessionId) -> Result<CheckoutSession>;

//! Payments.

use std::collections::BTreeMap;

use plugwright_sdk::{
    ActionContext, Lost, Outcome, Page, Param, Result, action, json, params, path,
};

use crate::expand::{self, Path};
use crate::lost;
use crate::model::{Created, Currency, CustomerId, Limit, PaymentIntent, items};

/// Id of the payment, such as `pi_3Nk30FI0XSgju2ur1OohIT9i`.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(length(1..=255))]
pub struct PaymentIntentId(pub String);

/// Lists payments, the newest first.
///
/// All of them, or those of a customer or of some time. Returns amount in the currency's smallest unit,
/// currency, status and customer of each payment, page by page.
#[action(
    read,
    title = "List payments",
    scopes = ["read_only"],
    get = "/payment_intents",
    page = items()
)]
pub async fn list(
    cx: &ActionContext,
    /// Only payments of this customer.
    customer: Option<CustomerId>,
    /// Only payments created in this time.
    created: Option<Created>,
    /// Payments per page.
    limit: Option<Limit>,
) -> Result<Page<PaymentIntent>>;

/// Gets one payment by its id.
///
/// Returns amount in the currency's smallest unit, currency, status, customer, latest charge, why an
/// attempt failed, and what the customer has to do.
#[action(read, title = "Get a payment", scopes = ["read_only"])]
pub async fn get(
    cx: &ActionContext,
    payment_intent: PaymentIntentId,
    /// Fields whose objects are returned under `expanded`, such as `latest_charge`.
    #[param(length(1..=20))]
    expand: Option<Vec<Path>>,
) -> Result<PaymentIntent> {
    let request = cx.get(path!("/payment_intents/{payment_intent}"));
    expand::fetch(request, expand).await
}

/// When the money is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum CaptureMethod {
    /// At once.
    Automatic,
    /// Later, by `payment_intents.capture`.
    Manual,
}

/// Creates a payment, and confirms it if a payment method is given and `confirm` is true.
///
/// Amounts are in the currency's smallest unit: 1999 is 19.99 USD, and 500 is 500 JPY. Returns the
/// payment with its id and status.
#[action(
    write,
    title = "Create a payment",
    scopes = ["read_write"],
    reconcile(key = find_created())
)]
pub async fn create(
    cx: &ActionContext,
    /// Amount to collect, in the currency's smallest unit.
    #[param(range(1..=99_999_999), example = 1999)]
    amount: u64,
    currency: Currency,
    /// Customer who pays.
    customer: Option<CustomerId>,
    /// What it is for.
    #[param(length(..=1000))]
    description: Option<String>,
    /// Mail address that the receipt goes to.
    #[param(format = "email")]
    receipt_email: Option<String>,
    /// Id of the payment method, such as `pm_card_visa` in test mode.
    payment_method: Option<String>,
    /// Kinds of payment methods to take, such as `card`; without them, those that the account has switched
    /// on.
    #[param(length(1..))]
    payment_method_types: Option<Vec<String>>,
    /// Whether to try to collect it now, which takes a payment method.
    #[param(provider_default = false)]
    confirm: Option<bool>,
    /// Whether the customer is not there to confirm it.
    #[param(provider_default = false)]
    off_session: Option<bool>,
    /// Address that the customer comes back to after confirming it elsewhere.
    #[param(format = "uri")]
    return_url: Option<String>,
    /// When the money is taken.
    #[param(provider_default = CaptureMethod::Automatic)]
    capture_method: Option<CaptureMethod>,
    /// The account's own data, up to 50 keys.
    #[param(length(..=50))]
    metadata: Option<BTreeMap<String, String>>,
) -> Result<PaymentIntent> {
    let automatic = payment_method_types.is_none();
    let automatic_payment_methods = automatic.then(|| json!({ "enabled": true }));
    cx.post("/payment_intents")
        .form_fields(params![
            amount,
            currency,
            customer,
            description,
            receipt_email,
            payment_method,
            payment_method_types,
            automatic_payment_methods,
            confirm,
            off_session,
            return_url,
            capture_method,
            metadata
        ])
        .fetch()
        .await
}

async fn find_created(cx: &ActionContext, lost: &Lost) -> Result<Outcome<PaymentIntent>> {
    let path = |id: &str| path!("/payment_intents/{id}");
    lost::made(cx, lost, "payment_intent.created", path).await
}

/// Confirms a payment, that is, tries to collect it with a payment method.
///
/// Returns the payment; with the status `requires_action` the customer has to do more, as `next_action`
/// says.
#[action(
    write,
    title = "Confirm a payment",
    scopes = ["read_write"],
    reconcile(key = find_changed()),
    post = "/payment_intents/{payment_intent}/confirm",
    form(optional)
)]
pub async fn confirm(
    cx: &ActionContext,
    payment_intent: PaymentIntentId,
    /// Id of the payment method, if the payment has none yet.
    payment_method: Option<String>,
    /// Mail address that the receipt goes to.
    #[param(format = "email")]
    receipt_email: Option<String>,
    /// Whether the customer is not there to confirm it.
    #[param(provider_default = false)]
    off_session: Option<bool>,
    /// Address that the customer comes back to after confirming it elsewhere.
    #[param(format = "uri")]
    return_url: Option<String>,
) -> Result<PaymentIntent>;

async fn find_changed(cx: &ActionContext, lost: &Lost) -> Result<Outcome<PaymentIntent>> {
    let path = |id: &str| path!("/payment_intents/{id}");
    lost::made(cx, lost, "payment_intent.*", path).await
}

/// Captures a payment that was authorized with the capture method `manual`.
///
/// What is not captured is given back to the customer. Returns the payment.
#[action(
    write,
    idempotent,
    title = "Capture a payment",
    scopes = ["read_write"],
    post = "/payment_intents/{payment_intent}/capture",
    form(optional)
)]
pub async fn capture(
    cx: &ActionContext,
    payment_intent: PaymentIntentId,
    /// Amount to capture, in the currency's smallest unit; all of it if left out.
    #[param(range(1..))]
    amount_to_capture: Option<u64>,
) -> Result<PaymentIntent>;

/// Why a payment is cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum CancellationReason {
    /// It was made twice.
    Duplicate,
    /// It is fraud.
    Fraudulent,
    /// The customer asked for it.
    RequestedByCustomer,
    /// The customer left.
    Abandoned,
}

/// Cancels a payment that has not succeeded.
///
/// It can't be undone. An amount that was authorized is given back; a payment that has succeeded is
/// refunded instead. Returns the payment.
#[action(
    destructive,
    idempotent,
    title = "Cancel a payment",
    scopes = ["read_write"],
    post = "/payment_intents/{payment_intent}/cancel",
    form(optional)
)]
pub async fn cancel(
    cx: &ActionContext,
    payment_intent: PaymentIntentId,
    /// Why it is cancelled.
    cancellation_reason: Option<CancellationReason>,
) -> Result<PaymentIntent>;

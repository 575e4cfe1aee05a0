//! Payments, and how they are asked for.

use std::collections::BTreeMap;

use plugwright_sdk::{Param, Params, Value, model};

use super::reading;

/// A payment, from the first attempt until it succeeds or is cancelled.
///
/// The `client_secret`, with which a customer's browser completes it, is left out.
#[model]
pub struct PaymentIntent {
    /// Id.
    pub id: String,
    /// Amount to collect, in the currency's smallest unit.
    pub amount: i64,
    /// Amount collected so far, in the currency's smallest unit.
    pub amount_received: Option<i64>,
    /// Amount that can be captured, in the currency's smallest unit.
    pub amount_capturable: Option<i64>,
    /// Currency.
    pub currency: String,
    /// `requires_payment_method`, `requires_confirmation`, `requires_action`, `processing`,
    /// `requires_capture`, `canceled` or `succeeded`.
    pub status: String,
    /// Id of the customer.
    #[serde(default, deserialize_with = "reading::id")]
    pub customer: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Id of the payment method.
    #[serde(default, deserialize_with = "reading::id")]
    pub payment_method: Option<String>,
    /// Kinds of payment methods that it takes.
    #[serde(default)]
    pub payment_method_types: Vec<String>,
    /// Id of the latest charge.
    #[serde(default, deserialize_with = "reading::id")]
    pub latest_charge: Option<String>,
    /// Id of the invoice that it pays.
    #[serde(default, deserialize_with = "reading::id")]
    pub invoice: Option<String>,
    /// `automatic`, or `manual` if it is authorized first and captured later.
    pub capture_method: Option<String>,
    /// Mail address that the receipt goes to.
    pub receipt_email: Option<String>,
    /// Why the latest attempt failed.
    pub last_payment_error: Option<PaymentError>,
    /// What the customer has to do.
    pub next_action: Option<NextAction>,
    /// Why it was cancelled.
    pub cancellation_reason: Option<String>,
    /// When it was created, in Unix time (seconds).
    pub created: i64,
    /// When it was cancelled, in Unix time (seconds).
    pub canceled_at: Option<i64>,
    /// Whether it is real; else it is of test mode.
    pub livemode: bool,
    /// The account's own data.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// The objects that were expanded, by path.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub expanded: BTreeMap<String, Value>,
}

/// Why a payment failed.
#[model]
pub struct PaymentError {
    /// Kind of error, such as `card_error`.
    pub r#type: Option<String>,
    /// Code, such as `card_declined`.
    pub code: Option<String>,
    /// Why the card's issuer declined, such as `insufficient_funds`.
    pub decline_code: Option<String>,
    /// The reason in words.
    pub message: Option<String>,
}

/// What a customer has to do to complete a payment.
#[model]
pub struct NextAction {
    /// Kind of action, such as `redirect_to_url`.
    pub r#type: String,
    /// Where the customer has to go.
    pub redirect_to_url: Option<Redirect>,
}

/// Where a customer has to go.
#[model]
pub struct Redirect {
    /// Address to open.
    pub url: Option<String>,
    /// Address that the customer comes back to.
    pub return_url: Option<String>,
}

/// An attempt to move money.
#[allow(
    clippy::struct_excessive_bools,
    reason = "they are Stripe's, and any of them can go with any other"
)]
#[model]
pub struct Charge {
    /// Id.
    pub id: String,
    /// Amount, in the currency's smallest unit.
    pub amount: i64,
    /// Amount captured, in the currency's smallest unit.
    pub amount_captured: Option<i64>,
    /// Amount refunded, in the currency's smallest unit.
    pub amount_refunded: i64,
    /// Currency.
    pub currency: String,
    /// `succeeded`, `pending` or `failed`.
    pub status: String,
    /// Whether it succeeded, or was authorized for later capture.
    pub paid: bool,
    /// Whether it was captured.
    pub captured: bool,
    /// Whether it was refunded as a whole.
    pub refunded: bool,
    /// Whether it was disputed.
    #[serde(default)]
    pub disputed: bool,
    /// Id of the customer.
    #[serde(default, deserialize_with = "reading::id")]
    pub customer: Option<String>,
    /// Id of the payment that it belongs to.
    #[serde(default, deserialize_with = "reading::id")]
    pub payment_intent: Option<String>,
    /// Id of the invoice that it pays.
    #[serde(default, deserialize_with = "reading::id")]
    pub invoice: Option<String>,
    /// Id of the balance transaction.
    #[serde(default, deserialize_with = "reading::id")]
    pub balance_transaction: Option<String>,
    /// How it was paid.
    pub payment_method_details: Option<PaymentMethodDetails>,
    /// What it is for.
    pub description: Option<String>,
    /// Code of the failure.
    pub failure_code: Option<String>,
    /// The failure in words.
    pub failure_message: Option<String>,
    /// Mail address that the receipt goes to.
    pub receipt_email: Option<String>,
    /// Where the receipt is.
    pub receipt_url: Option<String>,
    /// When it was created, in Unix time (seconds).
    pub created: i64,
    /// Whether it is real; else it is of test mode.
    pub livemode: bool,
    /// The account's own data.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// The objects that were expanded, by path.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub expanded: BTreeMap<String, Value>,
}

/// How something was paid.
#[model]
pub struct PaymentMethodDetails {
    /// Kind of payment method, such as `card` or `sepa_debit`.
    pub r#type: String,
    /// The card.
    pub card: Option<Card>,
}

/// A card.
#[model]
pub struct Card {
    /// Brand, such as `visa`.
    pub brand: Option<String>,
    /// Last four digits.
    pub last4: Option<String>,
    /// Month in which it expires.
    pub exp_month: Option<u32>,
    /// Year in which it expires.
    pub exp_year: Option<u32>,
    /// Country of the issuer, as a code of two letters (ISO 3166-1).
    pub country: Option<String>,
    /// `credit`, `debit`, `prepaid` or `unknown`.
    pub funding: Option<String>,
}

/// Money given back.
#[model]
pub struct Refund {
    /// Id.
    pub id: String,
    /// Amount, in the currency's smallest unit.
    pub amount: i64,
    /// Currency.
    pub currency: String,
    /// `pending`, `requires_action`, `succeeded`, `failed` or `canceled`.
    pub status: Option<String>,
    /// Why it was made.
    pub reason: Option<String>,
    /// Id of the charge.
    #[serde(default, deserialize_with = "reading::id")]
    pub charge: Option<String>,
    /// Id of the payment.
    #[serde(default, deserialize_with = "reading::id")]
    pub payment_intent: Option<String>,
    /// Id of the balance transaction.
    #[serde(default, deserialize_with = "reading::id")]
    pub balance_transaction: Option<String>,
    /// Why it failed.
    pub failure_reason: Option<String>,
    /// When it was created, in Unix time (seconds).
    pub created: i64,
    /// The account's own data.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
}

/// A page of Stripe's on which anyone can pay.
#[model]
pub struct PaymentLink {
    /// Id.
    pub id: String,
    /// Address of the page.
    pub url: String,
    /// Whether it can be used.
    pub active: bool,
    /// Currency.
    pub currency: Option<String>,
    /// Whether customers can enter promotion codes.
    #[serde(default)]
    pub allow_promotion_codes: bool,
    /// Whether it is real; else it is of test mode.
    pub livemode: bool,
    /// The account's own data.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
}

/// A page of Stripe's on which one customer pays once.
#[model]
pub struct CheckoutSession {
    /// Id.
    pub id: String,
    /// Address of the page while it is open.
    pub url: Option<String>,
    /// `open`, `complete` or `expired`.
    pub status: Option<String>,
    /// `paid`, `unpaid` or `no_payment_required`.
    pub payment_status: String,
    /// `payment`, `setup` or `subscription`.
    pub mode: String,
    /// Total before discounts and taxes, in the currency's smallest unit.
    pub amount_subtotal: Option<i64>,
    /// Total, in the currency's smallest unit.
    pub amount_total: Option<i64>,
    /// Currency.
    pub currency: Option<String>,
    /// Id of the customer.
    #[serde(default, deserialize_with = "reading::id")]
    pub customer: Option<String>,
    /// What the customer entered.
    pub customer_details: Option<CustomerDetails>,
    /// The account's own id of the order.
    pub client_reference_id: Option<String>,
    /// Id of the payment.
    #[serde(default, deserialize_with = "reading::id")]
    pub payment_intent: Option<String>,
    /// Id of the subscription.
    #[serde(default, deserialize_with = "reading::id")]
    pub subscription: Option<String>,
    /// Id of the invoice.
    #[serde(default, deserialize_with = "reading::id")]
    pub invoice: Option<String>,
    /// Id of the payment link that it came from.
    #[serde(default, deserialize_with = "reading::id")]
    pub payment_link: Option<String>,
    /// Address that the customer comes to after paying.
    pub success_url: Option<String>,
    /// Address that the customer comes to without paying.
    pub cancel_url: Option<String>,
    /// When it expires, in Unix time (seconds).
    pub expires_at: Option<i64>,
    /// When it was created, in Unix time (seconds).
    pub created: i64,
    /// Whether it is real; else it is of test mode.
    pub livemode: bool,
    /// The account's own data.
    #[serde(default)]
    pub metadata: Option<BTreeMap<String, String>>,
    /// The objects that were expanded, by path.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub expanded: BTreeMap<String, Value>,
}

/// What a customer entered at checkout.
#[model]
pub struct CustomerDetails {
    /// Mail address.
    pub email: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// Postal address.
    pub address: Option<super::Address>,
}

/// What is sold: a price and how often.
#[derive(Clone, Debug, PartialEq, Eq, Params)]
pub struct LineItem {
    /// Id of the price, such as `price_1NYV6vI0XSgju2urKsSmI53v`.
    pub price: String,
    /// How many.
    #[param(default = 1)]
    pub quantity: u32,
}

/// What a checkout is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum CheckoutMode {
    /// One payment.
    Payment,
    /// A subscription.
    Subscription,
}

/// The account's money at Stripe.
#[model]
pub struct Balance {
    /// What can be paid out.
    pub available: Vec<Amount>,
    /// What will be available later.
    pub pending: Vec<Amount>,
    /// What can be paid out at once.
    pub instant_available: Option<Vec<Amount>>,
    /// Whether it is real; else it is of test mode.
    pub livemode: bool,
}

/// An amount of a currency.
#[model]
pub struct Amount {
    /// Amount, in the currency's smallest unit.
    pub amount: i64,
    /// Currency.
    pub currency: String,
}

/// Money that came into the account's balance or went out of it.
#[model]
pub struct BalanceTransaction {
    /// Id.
    pub id: String,
    /// Amount before fees, in the currency's smallest unit; negative if it went out.
    pub amount: i64,
    /// Fees, in the currency's smallest unit.
    pub fee: i64,
    /// Amount after fees, in the currency's smallest unit.
    pub net: i64,
    /// Currency.
    pub currency: String,
    /// What it is, such as `charge`, `refund` or `payout`.
    pub r#type: String,
    /// `available` or `pending`.
    pub status: String,
    /// What it is for.
    pub description: Option<String>,
    /// Id of what caused it, such as a charge.
    #[serde(default, deserialize_with = "reading::id")]
    pub source: Option<String>,
    /// Rate by which it was converted into the account's currency.
    pub exchange_rate: Option<f64>,
    /// When the net amount is available, in Unix time (seconds).
    pub available_on: i64,
    /// When it was created, in Unix time (seconds).
    pub created: i64,
}

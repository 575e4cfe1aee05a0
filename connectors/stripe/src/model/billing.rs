//! Products, and how they are billed.

use std::collections::BTreeMap;

use plugwright_sdk::{Param, Params, Value, model};

use super::reading;

/// Something that is sold.
#[model]
pub struct Product {
    /// Id.
    pub id: String,
    /// Name that customers see.
    pub name: String,
    /// Whether it can be bought.
    pub active: bool,
    /// Description that customers see.
    pub description: Option<String>,
    /// Id of its default price.
    #[serde(default, deserialize_with = "reading::id")]
    pub default_price: Option<String>,
    /// Addresses of its pictures.
    #[serde(default)]
    pub images: Vec<String>,
    /// What one unit of it is called.
    pub unit_label: Option<String>,
    /// Address of its web page.
    pub url: Option<String>,
    /// When it was created, in Unix time (seconds).
    pub created: i64,
    /// When it last changed, in Unix time (seconds).
    pub updated: Option<i64>,
    /// Whether it is real; else it is of test mode.
    pub livemode: bool,
    /// The account's own data.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
}

/// What a product costs.
#[model]
pub struct Price {
    /// Id.
    pub id: String,
    /// Id of the product.
    #[serde(default, deserialize_with = "reading::id")]
    pub product: Option<String>,
    /// Whether it can be used for new purchases.
    pub active: bool,
    /// Currency.
    pub currency: String,
    /// Amount per unit, in the currency's smallest unit; none for tiers and amounts that customers
    /// choose.
    pub unit_amount: Option<i64>,
    /// The same with up to 12 decimal places.
    pub unit_amount_decimal: Option<String>,
    /// `one_time` or `recurring`.
    pub r#type: String,
    /// How often it recurs.
    pub recurring: Option<Recurring>,
    /// Short description that customers don't see.
    pub nickname: Option<String>,
    /// The account's own key of the price.
    pub lookup_key: Option<String>,
    /// Whether taxes are in it: `inclusive`, `exclusive` or `unspecified`.
    pub tax_behavior: Option<String>,
    /// When it was created, in Unix time (seconds).
    pub created: i64,
    /// Whether it is real; else it is of test mode.
    pub livemode: bool,
    /// The account's own data.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
}

/// How often a price recurs.
#[model]
pub struct Recurring {
    /// `day`, `week`, `month` or `year`.
    pub interval: String,
    /// Number of intervals between two payments.
    pub interval_count: u32,
    /// `licensed`, or `metered` if usage is billed.
    pub usage_type: Option<String>,
}

/// Unit of time between two payments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum Interval {
    /// A day.
    Day,
    /// A week.
    Week,
    /// A month.
    Month,
    /// A year.
    Year,
}

/// How often a new price recurs.
#[derive(Clone, Debug, PartialEq, Eq, Params)]
pub struct Recurrence {
    /// Unit of time between two payments.
    pub interval: Interval,
    /// Number of these units; at most a year in all.
    #[param(provider_default = 1, range(1..=365))]
    pub interval_count: Option<u32>,
}

/// How an invoice is collected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum CollectionMethod {
    /// Charge the customer's default payment method.
    ChargeAutomatically,
    /// Send the invoice to the customer by mail.
    SendInvoice,
}

/// An invoice.
#[model]
pub struct Invoice {
    /// Id.
    pub id: String,
    /// Number that the customer sees.
    pub number: Option<String>,
    /// `draft`, `open`, `paid`, `uncollectible` or `void`.
    pub status: Option<String>,
    /// Id of the customer.
    #[serde(default, deserialize_with = "reading::id")]
    pub customer: Option<String>,
    /// Mail address of the customer.
    pub customer_email: Option<String>,
    /// Name of the customer.
    pub customer_name: Option<String>,
    /// Id of the subscription that it is for.
    #[serde(default, deserialize_with = "reading::id")]
    pub subscription: Option<String>,
    /// Currency.
    pub currency: String,
    /// Total, in the currency's smallest unit.
    pub total: i64,
    /// Total before discounts and taxes, in the currency's smallest unit.
    pub subtotal: i64,
    /// Taxes, in the currency's smallest unit.
    pub tax: Option<i64>,
    /// What is due, in the currency's smallest unit.
    pub amount_due: i64,
    /// What was paid, in the currency's smallest unit.
    pub amount_paid: i64,
    /// What is left to pay, in the currency's smallest unit.
    pub amount_remaining: i64,
    /// What it is made of; the first ten lines.
    #[serde(default, deserialize_with = "reading::items")]
    pub lines: Vec<InvoiceLine>,
    /// What the customer reads on it.
    pub description: Option<String>,
    /// `charge_automatically` or `send_invoice`.
    pub collection_method: Option<String>,
    /// Id of the payment.
    #[serde(default, deserialize_with = "reading::id")]
    pub payment_intent: Option<String>,
    /// Page of Stripe's where it can be seen and paid.
    pub hosted_invoice_url: Option<String>,
    /// Where it is as a PDF file.
    pub invoice_pdf: Option<String>,
    /// When it is due, in Unix time (seconds).
    pub due_date: Option<i64>,
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

/// A line of an invoice.
#[model]
pub struct InvoiceLine {
    /// Id.
    pub id: String,
    /// What it is for.
    pub description: Option<String>,
    /// Amount, in the currency's smallest unit.
    pub amount: i64,
    /// Currency.
    pub currency: String,
    /// How many units.
    pub quantity: Option<u64>,
    /// Id of the price.
    #[serde(default, deserialize_with = "reading::id")]
    pub price: Option<String>,
}

/// An amount that goes into a customer's invoice.
#[model]
pub struct InvoiceItem {
    /// Id.
    pub id: String,
    /// Id of the customer.
    #[serde(default, deserialize_with = "reading::id")]
    pub customer: Option<String>,
    /// Id of the invoice; none until there is one.
    #[serde(default, deserialize_with = "reading::id")]
    pub invoice: Option<String>,
    /// Amount, in the currency's smallest unit.
    pub amount: i64,
    /// Currency.
    pub currency: String,
    /// What it is for.
    pub description: Option<String>,
    /// How many units.
    pub quantity: Option<u64>,
    /// Id of the price.
    #[serde(default, deserialize_with = "reading::id")]
    pub price: Option<String>,
    /// When it was created, in Unix time (seconds).
    pub date: Option<i64>,
    /// Whether it is real; else it is of test mode.
    pub livemode: bool,
    /// The account's own data.
    #[serde(default)]
    pub metadata: Option<BTreeMap<String, String>>,
}

/// A subscription of a customer.
#[model]
pub struct Subscription {
    /// Id.
    pub id: String,
    /// Id of the customer.
    #[serde(default, deserialize_with = "reading::id")]
    pub customer: Option<String>,
    /// `incomplete`, `incomplete_expired`, `trialing`, `active`, `past_due`, `canceled`, `unpaid` or
    /// `paused`.
    pub status: String,
    /// What is subscribed to.
    #[serde(default, deserialize_with = "reading::items")]
    pub items: Vec<SubscriptionItem>,
    /// Currency.
    pub currency: Option<String>,
    /// When the current period started, in Unix time (seconds).
    pub current_period_start: Option<i64>,
    /// When the current period ends, in Unix time (seconds).
    pub current_period_end: Option<i64>,
    /// Whether it ends with the current period.
    #[serde(default)]
    pub cancel_at_period_end: bool,
    /// When it will be cancelled, in Unix time (seconds).
    pub cancel_at: Option<i64>,
    /// When it was cancelled, in Unix time (seconds).
    pub canceled_at: Option<i64>,
    /// When it ended, in Unix time (seconds).
    pub ended_at: Option<i64>,
    /// When the trial ends, in Unix time (seconds).
    pub trial_end: Option<i64>,
    /// `charge_automatically` or `send_invoice`.
    pub collection_method: Option<String>,
    /// Id of the payment method.
    #[serde(default, deserialize_with = "reading::id")]
    pub default_payment_method: Option<String>,
    /// Id of the latest invoice.
    #[serde(default, deserialize_with = "reading::id")]
    pub latest_invoice: Option<String>,
    /// What it is for.
    pub description: Option<String>,
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

/// A price in a subscription.
#[model]
pub struct SubscriptionItem {
    /// Id.
    pub id: String,
    /// The price.
    pub price: Price,
    /// How many units.
    pub quantity: Option<u64>,
}

#![doc = include_str!("../README.md")]

pub mod balance;
pub mod charges;
pub mod checkout_sessions;
pub mod customers;
pub mod events;
mod evidence;
mod expand;
pub mod invoice_items;
pub mod invoices;
mod lost;
mod model;
pub mod payment_intents;
pub mod payment_links;
pub mod prices;
pub mod products;
pub mod refunds;
pub mod subscriptions;

use plugwright_sdk::auth::ClientAuthentication;
use plugwright_sdk::http::Nesting;
use plugwright_sdk::{Auth, ConnectorDefinition, actions, cassettes, scope};

/// The Stripe connector.
pub static CONNECTOR: ConnectorDefinition =
    ConnectorDefinition::new("stripe", "Stripe", env!("CARGO_PKG_VERSION"))
        .description("Payments: customers, charges, refunds, invoices, subscriptions and checkout")
        .base_url("https://api.stripe.com/v1")
        // Outputs have the form of this version, whatever the account's default is.
        .headers(&[("stripe-version", "2022-11-15")])
        .nesting(Nesting::Brackets)
        .idempotency_header("idempotency-key")
        .auth(&[
            Auth::bearer_token("Secret or restricted key"),
            Auth::oauth2(
                "https://connect.stripe.com/oauth/authorize",
                "https://connect.stripe.com/oauth/token",
                &[
                    scope("read_write", "Read and change everything").including(&["read_only"]),
                    scope("read_only", "Read everything"),
                ],
            )
            .default_scopes(&["read_write"])
            .without_pkce()
            .account_picker(&[])
            // The secret is the platform's own API key.
            .client_authentication(ClientAuthentication::SecretPost),
        ])
        .categories(&["payments", "finance"])
        .homepage_url("https://stripe.com")
        .on_error(model::error)
        .identity("/account", model::account)
        .cassettes(cassettes!("tests/cassettes"))
        .evidence(evidence::evidence)
        .actions(actions![
            customers::list,
            customers::search,
            customers::get,
            customers::create,
            customers::update,
            customers::delete,
            payment_intents::list,
            payment_intents::get,
            payment_intents::create,
            payment_intents::confirm,
            payment_intents::capture,
            payment_intents::cancel,
            charges::list,
            charges::search,
            charges::get,
            refunds::list,
            refunds::create,
            products::list,
            products::get,
            products::create,
            products::update,
            prices::list,
            prices::get,
            prices::create,
            invoices::list,
            invoices::get,
            invoices::create,
            invoices::finalize,
            invoices::send,
            invoices::void,
            invoice_items::create,
            subscriptions::list,
            subscriptions::get,
            subscriptions::create,
            subscriptions::update,
            subscriptions::cancel,
            payment_links::list,
            payment_links::create,
            payment_links::update,
            checkout_sessions::list,
            checkout_sessions::get,
            checkout_sessions::create,
            checkout_sessions::expire,
            events::list,
            events::get,
            balance::get,
            balance::list_transactions,
        ]);

pub use charges::ChargeId;
pub use checkout_sessions::CheckoutSessionId;
pub use customers::NewAddress;
pub use expand::Path;
pub use invoices::{InvoiceId, InvoiceStatus, PendingItems};
pub use model::{
    Address, Amount, Balance, BalanceTransaction, Card, Charge, CheckoutMode, CheckoutSession,
    CollectionMethod, Created, Currency, Customer, CustomerDetails, CustomerId, Deleted, Event,
    EventData, EventRequest, Interval, Invoice, InvoiceItem, InvoiceLine, Limit, LineItem,
    NextAction, PaymentError, PaymentIntent, PaymentLink, PaymentMethodDetails, Price, Product,
    Recurrence, Recurring, Redirect, Refund, Subscription, SubscriptionItem,
};
pub use payment_intents::{CancellationReason, CaptureMethod, PaymentIntentId};
pub use prices::{PriceId, PriceType};
pub use products::ProductId;
pub use refunds::RefundReason;
pub use subscriptions::{
    ItemChange, Proration, SubscribedPrice, SubscriptionId, SubscriptionStatus,
};

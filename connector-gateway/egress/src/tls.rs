//! Whom to trust.

use std::error::Error;
use std::io;
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, InvalidMessage, RootCertStore};
use rustls_platform_verifier::Verifier;

use crate::settings::EgressError;

pub(crate) fn certificates(pems: &[Vec<u8>]) -> Result<Vec<CertificateDer<'static>>, EgressError> {
    let mut all = Vec::new();
    for (index, pem) in pems.iter().enumerate() {
        let number = index + 1;
        let read: Vec<_> = CertificateDer::pem_slice_iter(pem)
            .collect::<Result<_, _>>()
            .map_err(|source| EgressError::Certificate {
                number,
                source: Some(source),
            })?;
        let is_trusted = |read: &CertificateDer<'static>| {
            let added = RootCertStore::empty().add(read.clone());
            added.is_ok()
        };
        if read.is_empty() || !read.iter().all(is_trusted) {
            let source = None;
            return Err(EgressError::Certificate { number, source });
        }
        all.extend(read);
    }
    Ok(all)
}

/// Checks certificates of authorities, as [`EgressSettings::extra_root_certificates`] has them.
///
/// # Errors
///
/// If they are not PEM certificates.
///
/// [`EgressSettings::extra_root_certificates`]: crate::EgressSettings::extra_root_certificates
pub fn check_certificates(pem: Vec<u8>) -> Result<(), EgressError> {
    certificates(&[pem]).map(drop)
}

/// Returns whether a request failed since the server answered something other than TLS, such as plain
/// HTTP.
pub fn is_not_tls(error: &(dyn Error + 'static)) -> bool {
    if let Some(error) = error.downcast_ref::<rustls::Error>() {
        let expected = rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType);
        return *error == expected;
    }
    // The source of an I/O error is not the error in it, but the source of that.
    match error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref)
    {
        Some(inner) => is_not_tls(inner),
        None => error.source().is_some_and(is_not_tls),
    }
}

/// Sets up TLS with the certificates that this machine trusts, and further ones.
pub(crate) fn config(
    certificates: Vec<CertificateDer<'static>>,
) -> Result<ClientConfig, EgressError> {
    let provider = Arc::new(ring::default_provider());
    let verifier = Verifier::new_with_extra_roots(certificates, Arc::clone(&provider));
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(EgressError::Tls)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier.map_err(EgressError::Tls)?))
        .with_no_client_auth();
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_tls_is_found_in_the_errors_around_it() {
        let wrapped = |message| {
            let error = rustls::Error::InvalidMessage(message);
            io::Error::other(io::Error::new(io::ErrorKind::InvalidData, error))
        };
        assert!(is_not_tls(&wrapped(InvalidMessage::InvalidContentType)));
        assert!(is_not_tls(&EgressError::Tls(
            rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType)
        )));
        assert!(!is_not_tls(&wrapped(InvalidMessage::MessageTooLarge)));
        assert!(!is_not_tls(&io::Error::from(
            io::ErrorKind::ConnectionRefused
        )));
    }
}

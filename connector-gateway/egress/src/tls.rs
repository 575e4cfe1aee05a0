//! Whom to trust.

use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
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

/// Sets up TLS with the certificates that this machine trusts, and further ones.
pub(crate) fn config(
    certificates: Vec<CertificateDer<'static>>,
) -> Result<ClientConfig, EgressError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = Verifier::new_with_extra_roots(certificates, Arc::clone(&provider));
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(EgressError::Tls)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier.map_err(EgressError::Tls)?))
        .with_no_client_auth();
    Ok(config)
}

//! Whom to trust.

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
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
        if read.is_empty() {
            let source = None;
            return Err(EgressError::Certificate { number, source });
        }
        all.extend(read);
    }
    Ok(all)
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

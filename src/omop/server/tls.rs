//! Which server's certificate is trusted.
//!
//! In: a file of certificates that the address names, or nothing. Out: what makes encrypted connections. A server is
//! trusted when its certificate is signed by one of those (without a file: of the system's) and is for the host that was
//! named; or when the very certificate is in the file, which is how servers with a self-signed one are trusted. Never:
//! encryption without knowing with whom.

use std::path::Path;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::error::{Error, Result};

/// What connects with encryption; `roots` are certificates to trust instead of the system's.
pub(super) fn connector(roots: Option<&Path>) -> Result<MakeRustlsConnect> {
    let own = match roots {
        Some(file) => read(file)?,
        None => Vec::new(),
    };
    let mut signers = RootCertStore::empty();
    signers.add_parsable_certificates(match roots {
        Some(_) => own.clone(),
        None => rustls_native_certs::load_native_certs().certs,
    });
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let failed = |e: &dyn std::error::Error| Error::bug(format!("setting up encryption: {e}"));
    let mut signed = None;
    if !signers.is_empty() {
        let signers = Arc::new(signers);
        let verifier = WebPkiServerVerifier::builder_with_provider(signers, Arc::clone(&provider));
        signed = Some(verifier.build().map_err(|e| failed(&e))?);
    }
    let trust = Trust {
        own,
        signed,
        provider: Arc::clone(&provider),
    };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| failed(&e))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(trust))
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

/// The certificates of a file, of which there is one at least.
fn read(file: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let failed = || {
        Error::unreadable(file, "no certificates in PEM form")
            .hint("name the file with the server's certificate, or with the one that signed it")
    };
    let found = CertificateDer::pem_file_iter(file).map_err(|_| failed())?;
    let found: Vec<_> = found.collect::<Result<_, _>>().map_err(|_| failed())?;
    if found.is_empty() {
        return Err(failed());
    }
    Ok(found)
}

#[derive(Debug)]
struct Trust {
    /// Certificates that are trusted as they are.
    own: Vec<CertificateDer<'static>>,
    /// Those that were signed by someone who is trusted; `None` where nobody is.
    signed: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Trust {
    fn verify_server_cert(
        &self,
        server: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        // Whoever holds its key is the server that was meant; its signer and its name say no more.
        if self.own.iter().any(|own| own == server) {
            return Ok(ServerCertVerified::assertion());
        }
        match &self.signed {
            Some(signed) => signed.verify_server_cert(server, between, name, ocsp, now),
            None => Err(CertificateError::UnknownIssuer.into()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

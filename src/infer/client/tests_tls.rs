//! A server whose certificate no authority of the browsers vouches for.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::place::authorities;
use super::tests::{JSON, answer, reach, request};
use super::*;

/// Its certificate, for 127.0.0.1; made for these tests, and used for nothing else.
const CERTIFICATE: &[u8] = include_bytes!("tests_tls/authority.pem");
const KEY: &[u8] = include_bytes!("tests_tls/key.der");

/// The address of a server that answers over TLS.
fn server() -> String {
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE).expect("a certificate");
    let key = PrivatePkcs8KeyDer::from(KEY);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key.into())
        .expect("a key");
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("https://{}/v1", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(config.clone()).expect("a connection");
            let mut stream = StreamOwned::new(connection, stream.expect("a connection"));
            let mut asked = Vec::new();
            // A client that does not trust the certificate goes away before it asks.
            let mut byte = [0];
            while !asked.ends_with(b"}]}") && matches!(stream.read(&mut byte), Ok(1)) {
                asked.push(byte[0]);
            }
            if !asked.is_empty() {
                let body = answer("Yes.", 11);
                let _ = write!(
                    stream,
                    "HTTP/1.1 200 X\r\n{JSON}content-length: {}\r\n\r\n{body}",
                    body.len()
                );
            }
        }
    });
    url
}

#[test]
fn an_untrusted_certificate_is_refused_and_named() {
    let url = server();
    let strict = Client::new(Reach {
        tries: 2,
        ..reach(&url)
    });
    let halt = strict.ask(&request(false)).expect_err("not trusted");
    assert!(
        matches!(&halt, Halt::Stop(why) if why.contains("certificate is not trusted") && why.contains("ca_file")),
        "{halt:?}"
    );
    let error = strict.models().expect_err("not trusted");
    assert!(error.to_string().contains("not trusted"), "{error}");
    // An authority of one's own vouches for it.
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("hospital.pem");
    std::fs::write(&path, CERTIFICATE).expect("written");
    let client = Client::new(Reach {
        authorities: Some(authorities(&path).expect("a certificate")),
        ..reach(&url)
    });
    let came = client.ask(&request(false)).expect("an outcome");
    assert_eq!(
        (came.outcome, came.told.text.as_str()),
        (Outcome::Answered, "Yes.")
    );
    std::fs::write(&path, "no certificate").expect("written");
    assert!(authorities(&path).is_err() && authorities(Path::new("nowhere.pem")).is_err());
}

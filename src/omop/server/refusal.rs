//! Why a server gives nothing, and what to try.
//!
//! In: an error of the connection, or of a question that asks for no patient's row. Out: an error for the person at the
//! keyboard, whose hint fits the cause. Never: text of a row.

use std::error::Error as _;
use std::io;

use postgres::error::SqlState;
use rustls::CertificateError;

use super::address::Address;
use crate::error::Error;
use crate::text;

/// What the server or the connection said.
pub(super) fn refused(address: &Address, error: &postgres::Error) -> Error {
    let (said, hint) = if let Some(db) = error.as_db_error() {
        (db.message().to_owned(), of_the_server(db.code()))
    } else if let Some(error) = certificate(error) {
        of_a_certificate(address, error)
    } else {
        let said = error
            .source()
            .map_or_else(|| error.to_string(), ToString::to_string);
        let hint = match error.source().and_then(|e| e.downcast_ref::<io::Error>()) {
            Some(_) => "check host and port, and that the server runs",
            None if said.contains("TLS") => {
                "have the server offer encryption (ssl = on); on this machine write sslmode=disable"
            }
            None => USUAL,
        };
        (said, hint.to_owned())
    };
    Error::usage(format!("the PostgreSQL server: {}", text::safe(&said))).hint(hint)
}

const USUAL: &str =
    "check host, port, database, schema and user; the password comes from PGPASSWORD or ~/.pgpass";

fn of_the_server(code: &SqlState) -> String {
    let hint = match *code {
        SqlState::INSUFFICIENT_PRIVILEGE => {
            "have the server's keeper allow it: GRANT USAGE ON SCHEMA and GRANT SELECT ON its tables TO your user; where rows \
             are hidden by a policy, a user with BYPASSRLS"
        }
        SqlState::INVALID_CATALOG_NAME => {
            "check the database's name: postgresql://USER@HOST/DATABASE"
        }
        SqlState::UNDEFINED_TABLE | SqlState::UNDEFINED_COLUMN | SqlState::INVALID_SCHEMA_NAME => {
            "name the schemas: ?schema=cdm&results=SCHEMA-OF-COHORTS"
        }
        SqlState::TOO_MANY_CONNECTIONS => {
            "write --jobs 1, so that fewer tables are read at a time, or try again later"
        }
        _ => USUAL,
    };
    hint.to_owned()
}

/// What TLS found wrong with the server's certificate; it lies inside of errors inside of errors.
fn certificate(error: &postgres::Error) -> Option<&CertificateError> {
    let error = error.source()?.downcast_ref::<io::Error>()?;
    match error.get_ref()?.downcast_ref()? {
        rustls::Error::InvalidCertificate(error) => Some(error),
        _ => None,
    }
}

fn of_a_certificate(address: &Address, error: &CertificateError) -> (String, String) {
    let said = match error {
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "its certificate is for another host than the one that was named"
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "its certificate has run out"
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "its certificate is not valid yet"
        }
        _ => "its certificate is signed by nobody who is trusted here",
    };
    let here = if address.is_here {
        "; nothing leaves this machine, so sslmode=disable will do, too"
    } else {
        ""
    };
    let hint = format!(
        "write the host as its certificate does, and &sslrootcert=FILE with the certificate, or the one that signed it{here}"
    );
    (said.to_owned(), hint)
}

//! OMOP tables on a `PostgreSQL` server.
//!
//! In: an address. Out: tables as `COPY … TO STDOUT` gives them, which are rows of CSV for the very intake that reads
//! files. All connections read one snapshot, in transactions that cannot write. Never: a table that ended in the middle
//! taken for a whole one; text of a row in an error.

mod address;

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};

use postgres::{Client, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

pub(crate) use address::is_address;

use super::tables::{Files, Table};
use crate::error::{Error, Result};
use address::Address;

/// What of the server is wanted.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The address, `postgresql://USER@HOST/DATABASE?schema=cdm`.
    pub address: String,
    /// Hosts besides this machine that may be asked.
    pub hosts: Vec<String>,
    /// Only members of this cohort of the results schema.
    pub cohort: Option<i64>,
    /// Only these patients.
    pub patients: Option<Vec<i64>>,
}

/// A server with a snapshot of its data.
pub(crate) struct Server {
    address: Address,
    tls: MakeRustlsConnect,
    /// Holds the snapshot open.
    _keeper: Mutex<Client>,
    snapshot: String,
    /// What restricts the rows of persons; empty or ` WHERE …`.
    restriction: String,
}

/// How many bytes of a table wait to be taken, in pieces of this size.
const PIECE: usize = 256 << 10;
const WAITING: usize = 8;

impl Server {
    /// Connects, takes a snapshot and finds the tables.
    ///
    /// # Errors
    /// When the address is not allowed, the server refuses, or the schema has no tables of persons.
    pub(crate) fn open(
        asked: &Asked,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<(Self, Files)> {
        let mut address = Address::read(&asked.address, &asked.hosts)?;
        address.complete(env)?;
        let tls = tls(&address)?;
        let mut keeper = connect(&address, &tls)?;
        keeper
            .batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            .map_err(|e| refused(&e))?;
        let snapshot: String = keeper
            .query_one("SELECT pg_export_snapshot()", &[])
            .map_err(|e| refused(&e))?
            .get(0);
        let mut restriction = Vec::new();
        if let Some(cohort) = asked.cohort {
            restriction.push(format!(
                "person_id IN (SELECT subject_id FROM {}.cohort WHERE cohort_definition_id = {cohort})",
                quoted(&address.results)
            ));
        }
        if let Some(patients) = &asked.patients {
            let ids: Vec<String> = patients.iter().map(ToString::to_string).collect();
            restriction.push(format!(
                "person_id = ANY('{{{}}}'::bigint[])",
                ids.join(",")
            ));
        }
        let files = find(&mut keeper, &address)?;
        let server = Server {
            address,
            tls,
            _keeper: Mutex::new(keeper),
            snapshot,
            restriction: match restriction.join(" AND ") {
                none if none.is_empty() => none,
                some => format!(" WHERE {some}"),
            },
        };
        Ok((server, files))
    }

    /// A table's rows as CSV with a header: those columns that are read.
    pub(crate) fn read(&self, table: Table, name: &Path) -> Result<Box<dyn Read + Send>> {
        let mut client = connect(&self.address, &self.tls)?;
        client
            .batch_execute(&format!(
                "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT '{}'; \
                 SET LOCAL DateStyle = 'ISO'",
                self.snapshot
            ))
            .map_err(|e| refused(&e))?;
        let (schema, bare) = split(name);
        let there: Vec<String> = client
            .query(
                "SELECT column_name::text FROM information_schema.columns \
                 WHERE table_schema = $1 AND table_name = $2 ORDER BY ordinal_position",
                &[&schema, &bare],
            )
            .map_err(|e| refused(&e))?
            .iter()
            .map(|row| row.get(0))
            .collect();
        let wanted: Vec<String> = there
            .iter()
            .filter(|name| {
                let columns = table.spec().columns.iter();
                columns
                    .flat_map(|(_, names)| names.split(' '))
                    .any(|n| n.eq_ignore_ascii_case(name))
            })
            .map(|name| quoted(name))
            .collect();
        let restriction = if table.is_of_persons() {
            &self.restriction
        } else {
            ""
        };
        let statement = format!(
            "COPY (SELECT {} FROM {}.{}{restriction}) TO STDOUT (FORMAT csv, HEADER)",
            wanted.join(", "),
            quoted(&schema),
            quoted(&bare)
        );
        let (sender, receiver) = sync_channel(WAITING);
        std::thread::Builder::new()
            .name("copy".to_owned())
            .spawn(move || pump(&mut client, &statement, &sender))
            .map_err(|e| Error::bug(format!("starting a thread: {e}")))?;
        Ok(Box::new(Pieces {
            receiver,
            piece: Vec::new(),
            at: 0,
            ended: false,
        }))
    }
}

/// Sends a table piece by piece; the last is empty, so that an end without it is known for a break.
fn pump(client: &mut Client, statement: &str, sender: &SyncSender<io::Result<Vec<u8>>>) {
    let broken = |e: &postgres::Error| {
        // The message could hold what a row says.
        let code = e.code().map_or("connection lost", |c| c.code());
        io::Error::other(format!("the server ended the table early ({code})"))
    };
    let mut reader = match client.copy_out(statement) {
        Ok(reader) => reader,
        Err(e) => {
            let _ = sender.send(Err(broken(&e)));
            return;
        }
    };
    loop {
        let mut piece = vec![0; PIECE];
        let mut filled = 0;
        let ended = loop {
            match reader.read(&mut piece[filled..]) {
                Ok(0) => break Ok(true),
                Ok(n) => filled += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => break Err(io::Error::other("the server ended the table early")),
            }
            if filled == piece.len() {
                break Ok(false);
            }
        };
        piece.truncate(filled);
        let (pieces, last) = match ended {
            Ok(false) => (vec![Ok(piece)], false),
            Ok(true) if piece.is_empty() => (vec![Ok(piece)], true),
            Ok(true) => (vec![Ok(piece), Ok(Vec::new())], true),
            Err(e) => (vec![Err(e)], true),
        };
        for piece in pieces {
            if sender.send(piece).is_err() {
                return;
            }
        }
        if last {
            return;
        }
    }
}

/// A table as it comes from the server.
struct Pieces {
    receiver: Receiver<io::Result<Vec<u8>>>,
    piece: Vec<u8>,
    at: usize,
    ended: bool,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.piece.len() && !self.ended {
            self.piece = self
                .receiver
                .recv()
                .map_err(|_| io::Error::other("the server ended the table early"))??;
            self.at = 0;
            self.ended = self.piece.is_empty();
        }
        let n = buffer.len().min(self.piece.len() - self.at);
        buffer[..n].copy_from_slice(&self.piece[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}

/// The tables of the schemas, with their sizes in bytes.
fn find(client: &mut Client, address: &Address) -> Result<Files> {
    let mut files = Files::default();
    let rows = client
        .query(
            "SELECT n.nspname::text, c.relname::text, pg_catalog.pg_table_size(c.oid) \
             FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
             WHERE n.nspname = ANY($1) AND c.relkind IN ('r', 'v', 'm', 'p', 'f') ORDER BY 1, 2",
            &[&vec![
                address.schema.as_str(),
                address.vocabulary.as_deref().unwrap_or(&address.schema),
            ]],
        )
        .map_err(|e| refused(&e))?;
    for row in rows {
        let (schema, name, bytes): (String, String, i64) = (row.get(0), row.get(1), row.get(2));
        let Some(table) = Table::ALL.into_iter().find(|t| t.name() == name) else {
            continue;
        };
        let home = match (&address.vocabulary, table) {
            (Some(vocabulary), Table::Concept) => vocabulary,
            _ => &address.schema,
        };
        if schema == *home {
            files.add(
                table,
                PathBuf::from(format!("{schema}.{name}")),
                bytes.max(0) as u64,
            );
        }
    }
    if !files.tables.keys().any(|t| t.is_of_persons()) {
        return Err(Error::usage(format!(
            "the schema {} has no OMOP tables, or they may not be seen",
            address.schema
        ))
        .hint("name the schema: postgresql://USER@HOST/DATABASE?schema=cdm"));
    }
    Ok(files)
}

/// Schema and name of a table as [`find`] wrote them.
fn split(name: &Path) -> (String, String) {
    let name = name.to_string_lossy();
    let (schema, bare) = name.rsplit_once('.').unwrap_or(("public", &name));
    (schema.to_owned(), bare.to_owned())
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn connect(address: &Address, tls: &MakeRustlsConnect) -> Result<Client> {
    let socket = matches!(
        address.config.get_hosts(),
        [postgres::config::Host::Unix(_), ..]
    );
    if socket {
        address.config.connect(NoTls)
    } else {
        address.config.connect(tls.clone())
    }
    .map_err(|e| refused(&e))
}

/// Which certificates are trusted: those of the file that the address names, else the system's.
fn tls(address: &Address) -> Result<MakeRustlsConnect> {
    use rustls::pki_types::pem::PemObject as _;
    let mut roots = rustls::RootCertStore::empty();
    if let Some(file) = &address.roots {
        let failed = |_| {
            Error::unreadable(file, "no certificates in PEM form")
                .hint("name the file with the certificate that signed the server's")
        };
        let certificates =
            rustls::pki_types::CertificateDer::pem_file_iter(file).map_err(failed)?;
        for certificate in certificates {
            let certificate = certificate.map_err(failed)?;
            roots.add(certificate).map_err(|_| {
                Error::unreadable(file, "a certificate in it cannot be used")
                    .hint("name the file with the certificate that signed the server's")
            })?;
        }
    } else {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| Error::bug(format!("setting up encryption: {e}")))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

/// What the server or the connection said; it is asked for no row here.
fn refused(error: &postgres::Error) -> Error {
    let said = match error.as_db_error() {
        Some(db) => db.message().to_owned(),
        None => {
            std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string)
        }
    };
    Error::usage(format!("the PostgreSQL server: {}", crate::text::safe(&said))).hint(
        "check host, port, database, schema and user; the password comes from PGPASSWORD or ~/.pgpass",
    )
}

//! OMOP tables on a `PostgreSQL` server.
//!
//! In: an address. Out: tables as `COPY … TO STDOUT` gives them, which are rows of CSV for the very intake that reads
//! files. All connections read one snapshot, in transactions that cannot write. Never: a table that ended in the middle
//! taken for a whole one; text of a row in an error.

mod address;
mod copy;
mod refusal;
mod tls;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use postgres::config::Host;
use postgres::{Client, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

pub(crate) use address::is_address;
pub(super) use copy::to_try;

use super::tables::{Files, Table};
use crate::error::{Error, Result};
use address::Address;
use refusal::refused;

/// What of the server is wanted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
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
    /// The members of the cohort that was asked for.
    members: Option<Vec<i64>>,
    /// What a row's `person_id`, which comes before it, must fulfil.
    restrictions: Vec<String>,
}

/// How each transaction begins. Rows that a policy hides are an error, and nobody ends the transaction in the middle.
const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL row_security = off; \
    SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; \
    SET LOCAL DateStyle = 'ISO'; SET LOCAL extra_float_digits = 3";

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
        let tls = tls::connector(address.roots.as_deref())?;
        let mut keeper = connect(&address, &tls)?;
        let failed = |e| refused(&address, &e);
        keeper.batch_execute(BEGIN).map_err(failed)?;
        let snapshot: String = keeper
            .query_one("SELECT pg_export_snapshot()", &[])
            .map_err(failed)?
            .get(0);
        let files = find(&mut keeper, &address)?;
        let mut restrictions = Vec::new();
        let mut members = None;
        if let Some(cohort) = asked.cohort {
            members = Some(read_members(&mut keeper, &address, cohort)?);
            restrictions.push(format!(
                "IN (SELECT subject_id FROM {}.cohort WHERE cohort_definition_id = {cohort})",
                quoted(&address.results)
            ));
        }
        if let Some(patients) = &asked.patients {
            let ids: Vec<String> = patients.iter().map(ToString::to_string).collect();
            restrictions.push(format!("= ANY('{{{}}}'::bigint[])", ids.join(",")));
        }
        let server = Server {
            address,
            tls,
            _keeper: Mutex::new(keeper),
            snapshot,
            members,
            restrictions,
        };
        Ok((server, files))
    }

    /// The members of the cohort, once.
    pub(crate) fn take_members(&mut self) -> Option<Vec<i64>> {
        self.members.take()
    }

    /// A table's rows as CSV with a header: those columns that are read.
    pub(crate) fn read(&self, table: Table, name: &Path) -> Result<Box<dyn Read + Send>> {
        let mut client = connect(&self.address, &self.tls)?;
        let failed = |e| refused(&self.address, &e);
        client
            .batch_execute(&format!(
                "{BEGIN}; SET TRANSACTION SNAPSHOT '{}'",
                self.snapshot
            ))
            .map_err(failed)?;
        let place = place(name);
        // Not from `information_schema`: it hides what is not granted, and materialized views.
        let there: Vec<String> = client
            .query(
                "SELECT attname::text FROM pg_catalog.pg_attribute \
                 WHERE attrelid = pg_catalog.to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
                &[&place],
            )
            .map_err(failed)?
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
        let mut statement = format!("SELECT {} FROM {place}", wanted.join(", "));
        if table.is_of_persons() {
            let person = there
                .iter()
                .find(|name| name.eq_ignore_ascii_case("person_id"));
            let person = quoted(person.map_or("person_id", |name| name));
            for (n, restriction) in self.restrictions.iter().enumerate() {
                let word = if n == 0 { "WHERE" } else { "AND" };
                statement = format!("{statement} {word} {person} {restriction}");
            }
        }
        copy::start(
            client,
            format!("COPY ({statement}) TO STDOUT (FORMAT csv, HEADER)"),
        )
    }
}

/// The members of a cohort, of which there is one at least.
fn read_members(client: &mut Client, address: &Address, cohort: i64) -> Result<Vec<i64>> {
    let table = format!("{}.cohort", address.results);
    let members: Vec<i64> = client
        .query(
            &format!(
                "SELECT DISTINCT subject_id::bigint FROM {}.cohort \
                 WHERE cohort_definition_id = {cohort} AND subject_id IS NOT NULL",
                quoted(&address.results)
            ),
            &[],
        )
        .map_err(|e| refused(address, &e))?
        .iter()
        .map(|row| row.get(0))
        .collect();
    if members.is_empty() {
        return Err(
            Error::usage(format!("the cohort {cohort} has no members in {table}"))
                .hint("check its number, and the schema of cohorts: &results=SCHEMA"),
        );
    }
    Ok(members)
}

/// The tables of the schemas, with their sizes in bytes.
fn find(client: &mut Client, address: &Address) -> Result<Files> {
    let mut files = Files::default();
    let rows = client
        .query(
            "SELECT n.nspname::text, c.relname::text, pg_catalog.pg_table_size(c.oid), c.relispartition \
             FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
             WHERE n.nspname = ANY($1) AND c.relkind IN ('r', 'v', 'm', 'p', 'f') ORDER BY 1, 2",
            &[&vec![
                address.schema.as_str(),
                address.vocabulary.as_deref().unwrap_or(&address.schema),
            ]],
        )
        .map_err(|e| refused(address, &e))?;
    for row in rows {
        let (schema, name, bytes): (String, String, i64) = (row.get(0), row.get(1), row.get(2));
        let Some(table) = Table::ALL
            .into_iter()
            .find(|t| t.name().eq_ignore_ascii_case(&name))
        else {
            // What is named after a table (`note_2`, `omop_note`) may be meant.
            let lower = name.to_lowercase();
            let is_part: bool = row.get(3);
            if schema == address.schema
                && !is_part
                && Table::ALL.iter().any(|t| lower.contains(t.name()))
            {
                files.unused.push(format!("{schema}.{name}"));
            }
            continue;
        };
        let home = match (&address.vocabulary, table) {
            (Some(vocabulary), Table::Concept) => vocabulary,
            _ => &address.schema,
        };
        if schema != *home {
            continue;
        }
        if files.tables.contains_key(&table) {
            return Err(Error::usage(format!(
                "the schema {schema} has two tables {name}, which differ by capital letters alone"
            ))
            .hint("make a schema with views of those that are meant"));
        }
        files.add(
            table,
            PathBuf::from(format!("{schema}.{name}")),
            bytes.max(0) as u64,
        );
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

/// A table's name in SQL; `name` is as [`find`] wrote it.
fn place(name: &Path) -> String {
    let name = name.to_string_lossy();
    let (schema, bare) = name.rsplit_once('.').unwrap_or(("public", &name));
    format!("{}.{}", quoted(schema), quoted(bare))
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn connect(address: &Address, tls: &MakeRustlsConnect) -> Result<Client> {
    if matches!(address.config.get_hosts(), [Host::Unix(_)]) {
        address.config.connect(NoTls)
    } else {
        address.config.connect(tls.clone())
    }
    .map_err(|e| refused(address, &e))
}

//! A table on its way from the server.
//!
//! In: a connection and a `COPY … TO STDOUT`. Out: its bytes, a few pieces ahead of the reader. Never: a table that ended
//! in the middle taken for a whole one; text of a row in an error.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use postgres::Client;
use postgres::error::SqlState;

use crate::error::{Error, Result};

/// How many bytes of a table wait to be taken, in pieces of this size.
const PIECE: usize = 256 << 10;
const WAITING: usize = 8;

/// Starts to read what a statement gives.
pub(super) fn start(mut client: Client, statement: String) -> Result<Box<dyn Read + Send>> {
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

/// Why a statement gave no table. What is said of rights and names of tables is passed on; anything else could hold what
/// a row says.
fn broken(error: &postgres::Error) -> io::Error {
    match error.as_db_error() {
        Some(db) if *db.code() == SqlState::INSUFFICIENT_PRIVILEGE => io::Error::new(
            io::ErrorKind::PermissionDenied,
            format!("the server refuses: {} (42501)", db.message()),
        ),
        Some(db) if db.code().code().starts_with("42") => io::Error::other(format!(
            "the server refuses: {} ({})",
            db.message(),
            db.code().code()
        )),
        Some(db) => io::Error::other(format!(
            "the server ended the table early ({})",
            db.code().code()
        )),
        None => io::Error::other("the server ended the table early (connection lost)"),
    }
}

/// What to try when a table could not be read.
pub(in crate::omop) fn to_try(table: &str, error: &io::Error) -> String {
    if error.kind() == io::ErrorKind::PermissionDenied {
        return format!(
            "have the server's keeper allow it: GRANT SELECT ON {table} TO your user; where rows are hidden by a policy, a \
             user with BYPASSRLS"
        );
    }
    "try again; if it ends at the same table again, the server's log says why".to_owned()
}

/// Sends a table piece by piece; the last is empty, so that an end without it is known for a break.
fn pump(client: &mut Client, statement: &str, sender: &SyncSender<io::Result<Vec<u8>>>) {
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
                Err(e) => {
                    let said = e.get_ref().and_then(|e| e.downcast_ref());
                    break Err(said.map_or_else(
                        || io::Error::other("the server ended the table early"),
                        broken,
                    ));
                }
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

//! How much of records may be in memory between the thread that reads them and the one that indexes them.
//!
//! In: sizes of files. Out: leave to go on, once there is room. Never: a wait for ever, since one file always fits.

use std::sync::{Condvar, Mutex, PoisonError};

use super::IN_FLIGHT;

/// Bytes of files that are in memory as records.
#[derive(Debug, Default)]
pub(super) struct Budget {
    used: Mutex<u64>,
    freed: Condvar,
}

impl Budget {
    /// Waits until there is room; whatever the size, one record always fits.
    pub(super) fn take(&self, bytes: u64) {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        while *used > 0 && used.saturating_add(bytes) > IN_FLIGHT {
            used = self
                .freed
                .wait(used)
                .unwrap_or_else(PoisonError::into_inner);
        }
        *used += bytes;
    }

    pub(super) fn give(&self, bytes: u64) {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        *used = used.saturating_sub(bytes);
        self.freed.notify_one();
    }
}

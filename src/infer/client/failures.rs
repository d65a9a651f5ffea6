//! How often one request failed, and whether that is enough.
//!
//! In: its faults, and how many other requests went through. Out: whether it is given up, so that none is tried without end.

use super::fault::{Fault, Lack};

/// A request that fails so often with 5xx, or that nothing comes of in time, while others pass is given up.
const OWN_FAULT: u32 = 3;

/// How often a request failed, and what else went through meanwhile.
pub(super) struct Failures {
    /// Those that count against the limit: a context that is full does not, since fewer requests are under way after each.
    counted: u32,
    /// Those of the server, or in its time.
    of_server: u32,
    /// How many requests had passed at the first.
    first: Option<u64>,
    /// How many had passed before the last.
    before: u64,
    others: bool,
    /// Whether nothing passed between the last two.
    pub(super) nobody_passed: bool,
}

impl Failures {
    /// So many requests passed before it.
    pub(super) fn new(passed: u64) -> Self {
        Failures {
            counted: 0,
            of_server: 0,
            first: None,
            before: passed,
            others: false,
            nobody_passed: false,
        }
    }

    /// One more, and how many requests have passed by now.
    pub(super) fn add(&mut self, fault: &Fault, passed: u64) {
        self.counted += u32::from(fault.lack != Lack::Room);
        let own = match fault.lack {
            // One that loads its model, or has too much to do, says nothing of this request.
            Lack::Room | Lack::Server | Lack::Breath => false,
            Lack::Time => true,
            Lack::Unknown => fault.status.is_some_and(|s| s >= 500),
        };
        self.of_server += u32::from(own);
        self.others = passed > *self.first.get_or_insert(passed);
        self.nobody_passed = passed == self.before;
        self.before = passed;
    }

    /// Whether the request is given up.
    pub(super) fn are_enough(&self, tries: u32) -> bool {
        self.counted >= tries || (self.of_server >= OWN_FAULT && self.others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a request is given up whose faults were these, while others passed all the time.
    fn given_up(faults: &[(u16, Lack)]) -> bool {
        let mut failures = Failures::new(0);
        for (passed, (status, lack)) in (0..).zip(faults) {
            let fault = Fault {
                status: Some(*status),
                lack: *lack,
                ..Fault::default()
            };
            failures.add(&fault, passed);
        }
        failures.are_enough(8)
    }

    #[test]
    fn what_the_server_has_no_time_or_room_for_is_no_fault_of_the_request() {
        let loading = (503, Lack::Breath);
        assert!(!given_up(&[
            loading,
            loading,
            loading,
            loading,
            (500, Lack::Room)
        ]));
        assert!(given_up(&[(500, Lack::Unknown); 3]));
        assert!(given_up(&[loading; 8]), "no request is tried without end");
    }
}

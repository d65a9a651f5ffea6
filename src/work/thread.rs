//! A thread that does what is wished, so that nobody waits for it.
//!
//! In: wishes. Of those of one slot the newest counts: an older one that has not begun is dropped without a reply, one under way
//! is asked to end. Out: what [`Serve`] says in an [`Outbox`]. A panic ends the wish that it came with, and no other. Dropping the
//! thread's handle asks what is under way to end, and waits for nothing.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::cancel::Cancel;
use crate::error::{Error, Result};

/// Serves wishes, one after the other.
pub(crate) trait Serve: Send + 'static {
    /// What is wished.
    type Wish: Send + 'static;

    /// Wishes of one slot replace each other; those without one are all served, in order.
    fn slot(_: &Self::Wish) -> Option<u8> {
        Some(0)
    }

    /// Does what is wished; looks at `cancel` where it takes long.
    fn serve(&mut self, wish: Self::Wish, cancel: &Cancel);

    /// A wish ended with a panic, a defect of the program: what it may have left half done is to be made anew.
    fn panicked(&mut self) {}
}

/// A thread, and what it is to do.
pub(crate) struct Thread<S: Serve> {
    inbox: Arc<Inbox<S::Wish>>,
}

struct Inbox<W> {
    state: Mutex<State<W>>,
    arrived: Condvar,
}

struct State<W> {
    waiting: VecDeque<(Option<u8>, W, Cancel)>,
    under_way: Option<(Option<u8>, Cancel)>,
    closed: bool,
}

impl<S: Serve> Thread<S> {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(crate) fn start(name: &str, mut serve: S) -> Result<Self> {
        let inbox = Arc::new(Inbox {
            state: Mutex::new(State {
                waiting: VecDeque::new(),
                under_way: None,
                closed: false,
            }),
            arrived: Condvar::new(),
        });
        let own = Arc::clone(&inbox);
        std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                while let Some((wish, cancel)) = own.next() {
                    let served = AssertUnwindSafe(|| serve.serve(wish, &cancel));
                    if catch_unwind(served).is_err() {
                        serve.panicked();
                    }
                }
            })
            .map_err(|e| {
                Error::bug(format!("the system gives no thread for: {name}")).caused_by(e)
            })?;
        Ok(Thread { inbox })
    }

    /// Asks for something.
    pub(crate) fn wish(&self, wish: S::Wish) {
        let slot = S::slot(&wish);
        let mut state = self.inbox.state();
        if slot.is_some() {
            state.waiting.retain(|(other, ..)| *other != slot);
            if let Some((other, cancel)) = &state.under_way
                && *other == slot
            {
                cancel.ask();
            }
        }
        state.waiting.push_back((slot, wish, Cancel::default()));
        drop(state);
        self.inbox.arrived.notify_one();
    }

    /// Asks what is under way or waits to end soon; each still says how it ended.
    pub(crate) fn cancel(&self) {
        self.inbox.state().cancel();
    }

    /// Whether something is under way or waits.
    pub(crate) fn is_busy(&self) -> bool {
        let state = self.inbox.state();
        state.under_way.is_some() || !state.waiting.is_empty()
    }
}

impl<S: Serve> Drop for Thread<S> {
    fn drop(&mut self) {
        let mut state = self.inbox.state();
        state.closed = true;
        state.cancel();
        drop(state);
        self.inbox.arrived.notify_one();
    }
}

impl<W> State<W> {
    fn cancel(&self) {
        let waiting = self.waiting.iter().map(|(.., cancel)| cancel);
        let under_way = self.under_way.iter().map(|(_, cancel)| cancel);
        under_way.chain(waiting).for_each(Cancel::ask);
    }
}

impl<W> Inbox<W> {
    /// Nothing under this lock panics, so that what it holds is sound.
    fn state(&self) -> MutexGuard<'_, State<W>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the next wish; `None` once nobody can wish any more.
    fn next(&self) -> Option<(W, Cancel)> {
        let mut state = self.state();
        state.under_way = None;
        loop {
            if state.closed {
                return None;
            }
            if let Some((slot, wish, cancel)) = state.waiting.pop_front() {
                state.under_way = Some((slot, cancel.clone()));
                return Some((wish, cancel));
            }
            state = self
                .arrived
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Where threads say what came of wishes.
pub(crate) struct Outbox<R> {
    sender: Sender<R>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl<R> Clone for Outbox<R> {
    fn clone(&self) -> Self {
        Outbox {
            sender: self.sender.clone(),
            wake: Arc::clone(&self.wake),
        }
    }
}

impl<R> Outbox<R> {
    /// A box, and where what is put into it comes out; `wake` is called after each, from the thread.
    pub(crate) fn new(wake: impl Fn() + Send + Sync + 'static) -> (Self, Receiver<R>) {
        let (sender, receiver) = channel();
        let wake = Arc::new(wake);
        (Outbox { sender, wake }, receiver)
    }

    /// Says something; when nobody listens any more, nobody is woken.
    pub(crate) fn say(&self, reply: R) {
        self.say_all([reply]);
    }

    /// Says several things at once.
    pub(crate) fn say_all(&self, replies: impl IntoIterator<Item = R>) {
        let mut heard = false;
        for reply in replies {
            heard |= self.sender.send(reply).is_ok();
        }
        if heard {
            (self.wake)();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::RecvTimeoutError;
    use std::time::Duration;

    use super::*;

    /// Says each number when the gate lets it go on; 13 is a defect; even numbers share a slot.
    struct Numbers {
        gate: Receiver<()>,
        outbox: Outbox<(u32, bool)>,
    }

    impl Serve for Numbers {
        type Wish = u32;

        fn slot(wish: &u32) -> Option<u8> {
            wish.is_multiple_of(2).then_some(0)
        }

        fn serve(&mut self, wish: u32, cancel: &Cancel) {
            let _ = self.gate.recv();
            assert_ne!(wish, 13, "a defect, as this test wants it");
            self.outbox.say((wish, cancel.is_asked()));
        }

        fn panicked(&mut self) {
            self.outbox.say((0, false));
        }
    }

    const LONG: Duration = Duration::from_mins(1);

    #[test]
    fn the_newest_wish_of_a_slot_counts_and_a_panic_ends_one_wish() {
        let (outbox, replies) = Outbox::new(|| {});
        let (open, gate) = channel();
        let thread = Thread::start("numbers", Numbers { gate, outbox }).expect("a thread");
        thread.wish(2);
        // Until it is under way, or the next would replace it.
        while !thread.inbox.state().waiting.is_empty() {
            std::thread::yield_now();
        }
        for wish in [4, 1, 13, 6, 3] {
            thread.wish(wish);
        }
        for _ in 0..5 {
            open.send(()).expect("it listens");
        }
        let said: Vec<_> = (0..5)
            .map(|_| replies.recv_timeout(LONG).expect("a reply"))
            .collect();
        let all = [(2, true), (1, false), (0, false), (6, false), (3, false)];
        assert_eq!(said, all);
        assert!(!thread.inbox.state().closed);
        thread.wish(5);
        thread.cancel();
        open.send(()).expect("it listens");
        assert_eq!(replies.recv_timeout(LONG), Ok((5, true)));
        drop(thread);
        assert_eq!(
            replies.recv_timeout(LONG),
            Err(RecvTimeoutError::Disconnected),
            "the thread ends"
        );
    }
}

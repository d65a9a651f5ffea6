//! A judge: a model that reads what clinicians read, and writes a review file like anybody's.
//!
//! In: a dataset's cases with their answers, a model behind an endpoint. Out: a line for each of its replies in
//! `judges/<name>/replies.jsonl`, and of what can be read of them the acts of a review file whose sessions say `machine`. Never: a mark
//! made of a reply that cannot be read, a reply that is dropped, a model's name shown to the judge.
//!
//! [`order`] says under which letter an answer stands in which round, [`ask`] makes the requests, [`reply`] reads what comes back,
//! [`log`] keeps it, [`run`] goes through all cases, and [`marks`] makes acts of it. The server is asked by [`crate::infer::client`].

pub(crate) mod ask;
pub(crate) mod log;
pub(crate) mod marks;
pub(crate) mod order;
pub(crate) mod reply;
pub(crate) mod run;

//! Reviews: what reviewers say of the answers, in one append-only file each.

//! medalign.

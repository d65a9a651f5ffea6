//! The panes: state that moves by actions, and how it looks.

pub mod answers;
pub mod timeline;
pub mod timeline_view;

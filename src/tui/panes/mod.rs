//! The panes: state that moves by actions, and how it looks.

pub(crate) mod answers;
pub(crate) mod sections;
pub(crate) mod timeline;
pub(crate) mod timeline_view;
pub(crate) mod timeline_words;

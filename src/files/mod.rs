//! Files as the whole program treats them: one mechanism for each thing that is done to them.
//!
//! In: paths and bytes. Out: what only the user may read, on the disk before anyone is told so. Never: a path made of what a
//! file or table says, a symbolic link followed, a mode changed on what was there before.
//!
//! [`private`] makes files (0600) and folders (0700); [`replace`] writes a file whole or not at all; [`lock`] lets one program
//! write at a time and says which; [`append`] adds lines that are durable; [`backup`] keeps earlier states; [`name`] turns an id into
//! a file's name.

pub(crate) mod append;
pub(crate) mod backup;
pub(crate) mod lock;
pub(crate) mod name;
pub(crate) mod private;
pub(crate) mod replace;

/// What a file is called where something is said of it, and which option names another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FileKind {
    /// As in "locking the …".
    pub name: &'static str,
    /// The option that names another file, as it is typed.
    pub option: &'static str,
}

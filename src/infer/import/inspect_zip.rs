//! The archive that an Inspect log (`.eval`) is.
//!
//! In: a zip, whose entries are packed with zstd (several frames an entry), deflated or stored. Out: entries, each checked against its
//! sum; and a copy with some of them replaced. Never: an entry that is not whole.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use flate2::read::DeflateDecoder;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};
use zstd::stream::read::Decoder;

use crate::error::{Error, Result};

/// A window that a frame may ask for, as a power of two: 128 MB.
const WINDOW: u32 = 27;

/// A log that is open.
pub(super) struct Archive {
    path: PathBuf,
    zip: ZipArchive<File>,
    names: Vec<String>,
}

impl Archive {
    /// Opens a log.
    ///
    /// # Errors
    /// When it cannot be read or is no zip.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let zip = ZipArchive::new(super::stream::file(path)?).map_err(|e| no_zip(path, e))?;
        let names = (0..zip.len()).map(|i| {
            let name = zip.name_for_index(i).transpose().ok().flatten();
            name.map(std::borrow::Cow::into_owned).unwrap_or_default()
        });
        Ok(Archive {
            path: path.to_owned(),
            names: names.collect(),
            zip,
        })
    }

    /// The names of all entries, in the order of the archive.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether an entry is there.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.iter().any(|n| n == name)
    }

    /// What an entry holds.
    ///
    /// # Errors
    /// When it is not there, packed in an unknown way, or not whole.
    pub(super) fn entry(&mut self, name: &str) -> Result<Vec<u8>> {
        let broken = |what: &str| {
            Error::unreadable(
                &self.path,
                format!("the entry {} {what}", super::shown(name)),
            )
            .hint("copy the log again; if it is the same, the log is damaged")
        };
        let Some(index) = self.names.iter().position(|n| n == name) else {
            return Err(broken("is not there"));
        };
        let mut file = self
            .zip
            .by_index_raw(index)
            .map_err(|_| broken("cannot be reached"))?;
        let (method, size, sum) = (file.compression(), file.size(), file.crc32());
        let mut packed = Vec::new();
        file.read_to_end(&mut packed)
            .map_err(|_| broken("cannot be read"))?;
        drop(file);
        let mut bytes = Vec::new();
        let unpacked = match method {
            CompressionMethod::Stored => {
                bytes = packed;
                Ok(())
            }
            CompressionMethod::Deflated => DeflateDecoder::new(packed.as_slice())
                .take(size.saturating_add(1))
                .read_to_end(&mut bytes)
                .map(|_| ()),
            CompressionMethod::ZSTD => unpack_zstd(&packed, size, &mut bytes),
            other => {
                return Err(broken(&format!(
                    "is packed by a method that is not known here ({other})"
                )));
            }
        };
        let mut crc = flate2::Crc::new();
        crc.update(&bytes);
        if unpacked.is_err() || bytes.len() as u64 != size || crc.sum() != sum {
            return Err(broken("is damaged"));
        }
        Ok(bytes)
    }

    /// Writes a copy in which some entries are others; the rest is copied as it is packed.
    ///
    /// # Errors
    /// When the log cannot be read or the copy not be written.
    pub(super) fn copy(
        &mut self,
        to: &mut File,
        changed: &rustc_hash::FxHashMap<String, Vec<u8>>,
    ) -> std::io::Result<()> {
        let mut out = ZipWriter::new(to);
        for (index, name) in self.names.iter().enumerate() {
            if let Some(bytes) = changed.get(name) {
                let options = SimpleFileOptions::default()
                    .compression_method(CompressionMethod::Deflated)
                    .large_file(bytes.len() as u64 > u64::from(u32::MAX));
                out.start_file(name.as_str(), options)?;
                out.write_all(bytes)?;
            } else {
                let entry = self.zip.by_index_raw(index)?;
                out.raw_copy_file(entry)?;
            }
        }
        out.finish()?;
        Ok(())
    }
}

fn no_zip(path: &Path, error: zip::result::ZipError) -> Error {
    Error::unreadable(path, "this is not the archive that an .eval log is")
        .hint(
            "name a log of Inspect, .eval or .json; one that is still being written has no end yet",
        )
        .caused_by(error)
}

/// One or more frames behind each other, up to one byte more than there should be.
fn unpack_zstd(packed: &[u8], size: u64, to: &mut Vec<u8>) -> std::io::Result<()> {
    let mut frames = Decoder::with_buffer(packed)?;
    frames.window_log_max(WINDOW)?;
    frames.take(size.saturating_add(1)).read_to_end(to)?;
    Ok(())
}

//! Where the tensors of a PyTorch checkpoint lie: a zip with a pickle that describes them and a file a storage.
//!
//! In: the file. Out: each tensor's name, numbers' form, shape and bytes. Nothing of it is run, and nothing is read that the
//! description only claims to be there.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use rustc_hash::FxHashMap;
use zip::{CompressionMethod, ZipArchive};

use super::pickle::{self, Described};
use super::weights::{Number, Place};
use crate::error::{Error, Result};

/// A description is a list of names; a larger one is none.
const LONGEST_DESCRIPTION: u64 = 100 << 20;

/// The tensors' places.
///
/// # Errors
/// When the file is no such checkpoint, or is shorter than it says.
pub(super) fn places(path: &Path, file: &File, len: u64) -> Result<FxHashMap<String, Place>> {
    let damaged = |what: String| {
        Error::unreadable(path, what).hint(
            "fetch the model's file again, or write it as .safetensors with Python's safetensors",
        )
    };
    let mut zip = ZipArchive::new(BufReader::new(file))
        .map_err(|e| damaged(format!("this is no checkpoint: {e}")))?;
    let described = zip
        .file_names()
        .filter_map(Result::ok)
        .find(|name| name.ends_with("data.pkl"))
        .map(std::borrow::Cow::into_owned)
        .ok_or_else(|| damaged("there is no data.pkl in it".to_owned()))?;
    let folder = described
        .strip_suffix("data.pkl")
        .unwrap_or_default()
        .to_owned();
    let mut bytes = Vec::new();
    zip.by_name(&described)
        .map_err(|e| damaged(format!("{described}: {e}")))?
        .take(LONGEST_DESCRIPTION)
        .read_to_end(&mut bytes)
        .map_err(|e| Error::io(path, "reading the list of tensors", e))?;
    let tensors =
        pickle::tensors(&bytes).map_err(|what| damaged(format!("{described}: {what}")))?;
    let mut places = FxHashMap::default();
    for tensor in tensors {
        let Some(number) = Number::of_storage(&tensor.storage) else {
            // Counters and masks: no weight.
            continue;
        };
        let name = format!("{folder}data/{}", tensor.key);
        let storage = zip
            .by_name(&name)
            .map_err(|e| damaged(format!("tensor {}: {name}: {e}", tensor.name)))?;
        if storage.compression() != CompressionMethod::Stored {
            return Err(damaged(format!("{name} is compressed")));
        }
        let begin = storage.data_start();
        let place = begin.and_then(|begin| place(&tensor, number, begin, storage.size()));
        let inside = place.filter(|p| p.start.checked_add(p.bytes).is_some_and(|end| end <= len));
        let place = inside.ok_or_else(|| {
            damaged(format!(
                "tensor {}: its shape and its bytes disagree",
                tensor.name
            ))
        })?;
        places.insert(tensor.name, place);
    }
    Ok(places)
}

/// The place of a tensor in a storage that begins here and is so long.
fn place(tensor: &Described, number: Number, begin: u64, storage: u64) -> Option<Place> {
    let Described { shape, strides, .. } = tensor;
    if shape.len() != strides.len() {
        return None;
    }
    let numbers = shape.iter().try_fold(1_usize, |n, d| n.checked_mul(*d))?;
    let mut follow = 1;
    let mut simple = true;
    let mut last = 0_usize;
    for (size, stride) in shape.iter().zip(strides).rev() {
        simple &= *size == 1 || *stride == follow;
        follow = follow.checked_mul(*size)?;
        last = last.checked_add(size.saturating_sub(1).checked_mul(*stride)?)?;
    }
    let reach = if numbers == 0 {
        0
    } else {
        last.checked_add(1)?
    };
    // One number must not stand for millions: such a tensor would be larger than its file.
    if numbers > reach {
        return None;
    }
    let size = number.size();
    let offset = tensor.offset.checked_mul(size)? as u64;
    let bytes = reach.checked_mul(size)? as u64;
    (offset.checked_add(bytes)? <= storage).then(|| Place {
        number,
        shape: shape.clone(),
        strides: (!simple).then(|| strides.clone()),
        start: begin.saturating_add(offset),
        bytes,
    })
}

//! Where the tensors of a `.safetensors` file lie.
//!
//! In: the file. Out: each tensor's name, numbers' form, shape and bytes, from the header alone; nothing is read that the header
//! only claims to be there.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use rustc_hash::FxHashMap;
use serde_json::Value;

use super::weights::{Number, Place};
use crate::error::{Error, Result};

/// A header is a list of names; a larger one is none.
const LONGEST_HEADER: u64 = 100 << 20;

/// The tensors' places.
///
/// # Errors
/// When the file is no such file, or is shorter than its header says.
pub(super) fn places(path: &Path, file: &mut File, len: u64) -> Result<FxHashMap<String, Place>> {
    let damaged = |what: String| {
        Error::unreadable(path, what).hint("fetch the model's file again: it is not whole")
    };
    let mut size = [0; 8];
    file.seek(SeekFrom::Start(0))
        .and_then(|_| file.read_exact(&mut size))
        .map_err(|e| Error::io(path, "reading the header", e))?;
    let size = u64::from_le_bytes(size);
    if size > LONGEST_HEADER || size + 8 > len {
        return Err(damaged(format!(
            "the header is said to be {size} bytes long; the file has {len}"
        )));
    }
    let mut header = vec![0; size as usize];
    file.read_exact(&mut header)
        .map_err(|e| Error::io(path, "reading the header", e))?;
    let header: serde_json::Map<String, Value> = serde_json::from_slice(&header)
        .map_err(|e| damaged(format!("the header is no JSON: {e}")))?;
    let begin = 8 + size;
    let mut places = FxHashMap::default();
    for (name, tensor) in header {
        if name == "__metadata__" {
            continue;
        }
        let Some(number) = tensor["dtype"].as_str().and_then(Number::of_safetensors) else {
            // Counters and masks: no weight.
            continue;
        };
        let place = place(&tensor, number, begin, len)
            .ok_or_else(|| damaged(format!("tensor {name}: its shape and its bytes disagree")))?;
        places.insert(name, place);
    }
    Ok(places)
}

fn place(tensor: &Value, number: Number, begin: u64, len: u64) -> Option<Place> {
    let whole = |value: &Value| value.as_u64().and_then(|n| usize::try_from(n).ok());
    let shape: Vec<usize> = tensor["shape"]
        .as_array()?
        .iter()
        .map(whole)
        .collect::<Option<_>>()?;
    let from = tensor["data_offsets"][0].as_u64()?;
    let to = tensor["data_offsets"][1].as_u64()?;
    let bytes = to.checked_sub(from)?;
    let numbers = shape.iter().try_fold(1_usize, |n, d| n.checked_mul(*d))?;
    let right = numbers.checked_mul(number.size())? as u64 == bytes;
    let start = begin.checked_add(from)?;
    (right && start.checked_add(bytes)? <= len).then_some(Place {
        number,
        shape,
        strides: None,
        start,
        bytes,
    })
}

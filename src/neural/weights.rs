//! The tensors of a model's file, read one by one.
//!
//! In: a `.safetensors` file or a PyTorch checkpoint. Out: a tensor's numbers in single precision, when its name and shape are
//! what the model's configuration asks for. Never: more memory than the file is long, a number that is not finite, or code out
//! of the file.

use std::cell::RefCell;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use super::{safetensors, torch};
use crate::error::{Error, Result};
use crate::stats::hash::Fnv1a;

/// How numbers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Number {
    F64,
    F32,
    F16,
    BF16,
}

impl Number {
    pub(super) fn of_safetensors(name: &str) -> Option<Self> {
        Some(match name {
            "F64" => Number::F64,
            "F32" => Number::F32,
            "F16" => Number::F16,
            "BF16" => Number::BF16,
            _ => return None,
        })
    }

    /// From the name of a class of `torch`.
    pub(super) fn of_storage(name: &str) -> Option<Self> {
        Some(match name {
            "DoubleStorage" => Number::F64,
            "FloatStorage" => Number::F32,
            "HalfStorage" => Number::F16,
            "BFloat16Storage" => Number::BF16,
            _ => return None,
        })
    }

    /// Bytes of one.
    pub(super) fn size(self) -> usize {
        match self {
            Number::F64 => 8,
            Number::F32 => 4,
            Number::F16 | Number::BF16 => 2,
        }
    }

    fn read(self, bytes: &[u8]) -> Vec<f32> {
        match self {
            Number::F64 => {
                let (numbers, _) = bytes.as_chunks();
                numbers
                    .iter()
                    .map(|b| f64::from_le_bytes(*b) as f32)
                    .collect()
            }
            Number::F32 => {
                let (numbers, _) = bytes.as_chunks();
                numbers.iter().map(|b| f32::from_le_bytes(*b)).collect()
            }
            Number::F16 => {
                let (numbers, _) = bytes.as_chunks();
                numbers
                    .iter()
                    .map(|b| half(u16::from_le_bytes(*b)))
                    .collect()
            }
            Number::BF16 => {
                let (numbers, _) = bytes.as_chunks();
                let wide = |b: &[u8; 2]| f32::from_bits(u32::from(u16::from_le_bytes(*b)) << 16);
                numbers.iter().map(wide).collect()
            }
        }
    }
}

/// A half-precision number of IEEE 754.
fn half(bits: u16) -> f32 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let fraction = f32::from(bits & 0x3ff);
    match (bits >> 10) & 0x1f {
        0 => sign * fraction * 2_f32.powi(-24),
        0x1f if fraction == 0.0 => sign * f32::INFINITY,
        0x1f => f32::NAN,
        exponent => sign * (1.0 + fraction / 1024.0) * 2_f32.powi(i32::from(exponent) - 15),
    }
}

/// Where a tensor lies.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Place {
    pub number: Number,
    pub shape: Vec<usize>,
    /// Numbers from one index to the next, in each dimension, where they do not simply follow each other.
    pub strides: Option<Vec<usize>>,
    /// Its first byte in the file.
    pub start: u64,
    /// All of its bytes; the file has them.
    pub bytes: u64,
}

/// A model's file.
#[derive(Debug)]
pub(crate) struct Weights {
    path: PathBuf,
    file: RefCell<File>,
    places: FxHashMap<String, Place>,
    read: RefCell<Fnv1a>,
}

impl Weights {
    /// Opens the first of these files that a folder has.
    ///
    /// # Errors
    /// When it has none, or the one it has cannot be read.
    pub(crate) fn find(folder: &Path, names: &[&str]) -> Result<Self> {
        let there = names
            .iter()
            .map(|n| folder.join(n))
            .find(|path| path.is_file());
        match there {
            Some(path) => Weights::open(&path),
            None => Err(Error::unreadable(
                folder,
                format_args!("there is no {}", names.join(" or ")),
            )
            .hint("`medalign help models` says which files of which model go where")),
        }
    }

    /// Opens a file.
    ///
    /// # Errors
    /// When it cannot be read, or is neither of the two forms.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let io = |e| Error::io(path, "reading the model", e);
        let mut file = File::open(path).map_err(io)?;
        let len = file.metadata().map_err(io)?.len();
        let mut first = [0; 4];
        file.read_exact(&mut first)
            .map_err(|_| Error::unreadable(path, "this is no model: it has hardly a byte"))?;
        let places = if first.starts_with(b"PK") {
            torch::places(path, &file, len)?
        } else if first.starts_with(&[0x80]) {
            return Err(
                Error::unreadable(path, "this is a checkpoint of PyTorch before 1.6").hint(
                    "open it in Python with torch.load and write it with safetensors.torch.save_file",
                ),
            );
        } else {
            safetensors::places(path, &mut file, len)?
        };
        Ok(Weights {
            path: path.to_owned(),
            file: RefCell::new(file),
            places,
            read: RefCell::new(Fnv1a::of(b"")),
        })
    }

    /// Whether it has a tensor.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.places.contains_key(name)
    }

    /// What stands before this name in the file: models of several parts name theirs so. The shortest, where there are several.
    ///
    /// # Errors
    /// When no tensor ends so.
    pub(crate) fn before(&self, name: &str) -> Result<String> {
        let before = |known: &String| known.strip_suffix(name).map(str::to_owned);
        let all = self.places.keys().filter_map(before);
        let whole = all.filter(|prefix| prefix.is_empty() || prefix.ends_with('.'));
        whole.min_by_key(String::len).ok_or_else(|| self.no(name))
    }

    fn no(&self, name: &str) -> Error {
        Error::unreadable(&self.path, format_args!("there is no tensor {name}"))
            .hint("these are the weights of another model than config.json describes")
    }

    /// The shape of a tensor.
    ///
    /// # Errors
    /// When it is not there.
    pub(crate) fn shape(&self, name: &str) -> Result<&[usize]> {
        let place = self.places.get(name).ok_or_else(|| self.no(name))?;
        Ok(&place.shape)
    }

    /// A tensor's numbers, row by row.
    ///
    /// # Errors
    /// When it is not there, has another shape, cannot be read, or has a number that is not finite.
    pub(crate) fn tensor(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>> {
        let place = self.places.get(name).ok_or_else(|| self.no(name))?;
        if place.shape != shape {
            let what = format!(
                "tensor {name} is {:?}, where the configuration asks for {shape:?}",
                place.shape
            );
            return Err(Error::unreadable(&self.path, what)
                .hint("these are the weights of another model than config.json describes"));
        }
        let mut bytes = vec![0; place.bytes as usize];
        let mut file = self.file.borrow_mut();
        file.seek(SeekFrom::Start(place.start))
            .and_then(|_| file.read_exact(&mut bytes))
            .map_err(|e| Error::io(&self.path, "reading the model", e))?;
        let mut read = self.read.borrow_mut();
        *read = read.and(name.as_bytes()).and(&bytes);
        let numbers = place.number.read(&bytes);
        let numbers = match &place.strides {
            Some(strides) => gathered(&numbers, &place.shape, strides),
            None => numbers,
        };
        if numbers.iter().all(|n| n.is_finite()) {
            Ok(numbers)
        } else {
            let what = format!("tensor {name} has numbers that are none (NaN, infinity)");
            Err(Error::unreadable(&self.path, what).hint("fetch the model's file again"))
        }
    }

    /// A hash of the tensors that were read so far, by their names: says with which weights a score was made.
    pub(crate) fn fingerprint(&self) -> u64 {
        self.read.borrow().value()
    }
}

/// The numbers of a tensor whose rows do not follow each other.
fn gathered(numbers: &[f32], shape: &[usize], strides: &[usize]) -> Vec<f32> {
    let mut at = vec![0];
    for (size, stride) in shape.iter().zip(strides) {
        at = at
            .iter()
            .flat_map(|from| (0..*size).map(move |i| from + i * stride))
            .collect();
    }
    at.into_iter().map(|i: usize| numbers[i]).collect()
}

#[cfg(test)]
mod tests;

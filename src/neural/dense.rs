//! A layer of weights, and the one product of matrices that everything here is made of.
//!
//! In: rows of numbers. Out: each row times the weights, plus the bias, through the activation.

use candle_core::{CpuStorage, Device, Storage, Tensor};

use super::math;
use super::weights::Weights;
use crate::error::{Error, Result};

/// What a layer does to each number that it gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Activation {
    None,
    Gelu,
    GeluTanh,
    Relu,
    LeakyRelu,
    Sigmoid,
    Tanh,
}

impl Activation {
    /// The number after it.
    pub(crate) fn of(self, x: f32) -> f32 {
        match self {
            Activation::None => x,
            Activation::Gelu => math::gelu(x),
            Activation::GeluTanh => math::gelu_tanh(x),
            Activation::Relu => x.max(0.0),
            Activation::LeakyRelu => x.max(0.01 * x),
            Activation::Sigmoid => 1.0 / (1.0 + (-x).exp()),
            Activation::Tanh => x.tanh(),
        }
    }
}

/// Rows of equally many numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Rows {
    /// Row after row.
    pub data: Vec<f32>,
    /// Numbers in a row.
    pub width: usize,
}

impl Rows {
    pub(crate) fn new(data: Vec<f32>, width: usize) -> Self {
        Rows { data, width }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.data.len() / self.width.max(1)
    }

    pub(crate) fn iter(&self) -> std::slice::ChunksExact<'_, f32> {
        self.data.chunks_exact(self.width.max(1))
    }

    pub(crate) fn row(&self, at: usize) -> &[f32] {
        &self.data[at * self.width..][..self.width]
    }
}

/// A layer of weights with their bias.
pub(crate) struct Dense {
    /// A row an output.
    weights: Tensor,
    bias: Vec<f32>,
}

impl Dense {
    /// `name.weight`, and `name.bias` too.
    ///
    /// # Errors
    /// When they are not there or have other measures.
    pub(crate) fn read(weights: &Weights, name: &str, from: usize, to: usize) -> Result<Self> {
        Dense::read_several(weights, &[name], from, to)
    }

    /// Several layers of the same rows, as one whose outputs follow each other.
    pub(crate) fn read_several(
        weights: &Weights,
        names: &[&str],
        from: usize,
        to: usize,
    ) -> Result<Self> {
        let mut layer = Dense::read_unbiased(weights, names, from, to)?;
        for name in names {
            let bias = weights.tensor(&format!("{name}.bias"), &[to])?;
            layer.bias.extend(bias);
        }
        Ok(layer)
    }

    /// The same without a bias.
    pub(crate) fn read_unbiased(
        weights: &Weights,
        names: &[&str],
        from: usize,
        to: usize,
    ) -> Result<Self> {
        let mut numbers = Vec::new();
        for name in names {
            numbers.extend(weights.tensor(&format!("{name}.weight"), &[to, from])?);
        }
        Ok(Dense {
            weights: matrix(numbers, &[names.len() * to, from])?,
            bias: Vec::new(),
        })
    }

    /// Each row times the weights.
    pub(crate) fn apply(&self, rows: &Rows, activation: Activation) -> Result<Rows> {
        let x = Tensor::from_slice(&rows.data, (rows.len(), rows.width), &Device::Cpu);
        let product = x
            .and_then(|x| x.matmul(&self.weights.t()?))
            .map_err(failed)?;
        let width = self.weights.dims()[0];
        let bias = &self.bias;
        let data = read(&product, |numbers| {
            let mut data = numbers.to_vec();
            if !bias.is_empty() {
                for row in data.chunks_exact_mut(width) {
                    row.iter_mut().zip(bias).for_each(|(x, bias)| *x += bias);
                }
            }
            // Decided once, so that each loop is a simple one.
            match activation {
                Activation::None => {}
                Activation::Gelu => data.iter_mut().for_each(|x| *x = math::gelu(*x)),
                Activation::Relu => data.iter_mut().for_each(|x| *x = x.max(0.0)),
                other => data.iter_mut().for_each(|x| *x = other.of(*x)),
            }
            data
        })?;
        Ok(Rows::new(data, width))
    }
}

/// Numbers as a tensor of this shape.
pub(super) fn matrix(numbers: Vec<f32>, shape: &[usize]) -> Result<Tensor> {
    Tensor::from_vec(numbers, shape, &Device::Cpu).map_err(failed)
}

/// What `take` makes of a whole tensor's numbers.
pub(super) fn read<T>(tensor: &Tensor, take: impl FnOnce(&[f32]) -> T) -> Result<T> {
    let (storage, layout) = tensor.storage_and_layout();
    match (&*storage, layout.contiguous_offsets()) {
        (Storage::Cpu(CpuStorage::F32(numbers)), Some((from, to))) => Ok(take(&numbers[from..to])),
        _ => Err(Error::bug(
            "a product of matrices is not where it should be",
        )),
    }
}

/// Shapes are checked when a model is read, so a failing product is our mistake; its words are shapes, never a text.
pub(super) fn failed(error: candle_core::Error) -> Error {
    Error::bug("matrices could not be multiplied").caused_by(error)
}

//! Attention: each token's row becomes a mean of all rows of its text, weighed by how well they answer it.
//!
//! In: queries, keys and values of several texts, one after the other. Out: a row a token. Texts do not see each other, and
//! nothing is padded: a text's rows are the same alone and among others.

use candle_core::Tensor;

use super::dense::{Rows, failed, matrix, read};
use super::math::softmax;
use crate::error::Result;

/// How a text's rows are weighed.
pub(super) struct Attention<'a> {
    pub heads: usize,
    /// What each product of a query and a key is multiplied with.
    pub scale: f32,
    /// What is added to it: for a text of so many tokens, heads × tokens × tokens numbers.
    pub bias: Option<&'a (dyn Fn(usize) -> Vec<f32> + Sync)>,
}

impl Attention<'_> {
    /// The means. `qkv` has each token's query, key and value side by side; `ends` are the texts' ends in it.
    pub(super) fn of_itself(&self, qkv: Rows, ends: &[usize]) -> Result<Rows> {
        let (tokens, width) = (qkv.len(), qkv.width / 3);
        let head = width / self.heads;
        let all = matrix(qkv.data, &[tokens, 3, self.heads, head])?;
        let mut out = vec![0.0; tokens * width];
        let mut start = 0;
        for end in ends {
            let n = end - start;
            let part = |which: usize| {
                all.narrow(0, start, n)?
                    .get_on_dim(1, which)?
                    .transpose(0, 1)
            };
            let answer = (|| Ok([part(0)?, part(1)?.t()?, part(2)?]))().map_err(failed)?;
            let [queries, keys, values] = answer;
            self.weighed(
                &queries,
                &keys,
                &values,
                &mut out[start * width..end * width],
            )?;
            start = *end;
        }
        Ok(Rows::new(out, width))
    }

    /// The means of one text: queries heads × n × head, keys heads × head × m, values heads × m × head.
    pub(super) fn weighed(
        &self,
        queries: &Tensor,
        keys: &Tensor,
        values: &Tensor,
        out: &mut [f32],
    ) -> Result<()> {
        let (n, m) = (queries.dims()[1], keys.dims()[2]);
        let head = queries.dims()[2];
        let products = queries.matmul(keys).map_err(failed)?;
        let mut weights = read(&products, <[f32]>::to_vec)?;
        let bias = self.bias.map(|bias| bias(m));
        for (at, row) in weights.chunks_exact_mut(m).enumerate() {
            for x in row.iter_mut() {
                *x *= self.scale;
            }
            if let Some(bias) = &bias {
                let bias = &bias[at * m..][..m];
                row.iter_mut().zip(bias).for_each(|(x, b)| *x += b);
            }
            softmax(row);
        }
        let weights = matrix(weights, &[self.heads, n, m])?;
        let means = weights.matmul(values).map_err(failed)?;
        read(&means, |means| {
            for (at, row) in means.chunks_exact(head).enumerate() {
                let (of_head, token) = (at / n, at % n);
                out[(token * self.heads + of_head) * head..][..head].copy_from_slice(row);
            }
        })
    }
}

//! Arithmetic over rows of numbers, in single precision as PyTorch has it.
//!
//! Sums run in eight lanes, so that they are as fast as the machine adds.

const LANES: usize = 8;

/// The sum of a function of each number.
fn sum(row: &[f32], of: impl Fn(f32) -> f32) -> f32 {
    let (chunks, rest) = row.as_chunks::<LANES>();
    let mut lanes = [0.0; LANES];
    for chunk in chunks {
        for (lane, x) in lanes.iter_mut().zip(chunk) {
            *lane += of(*x);
        }
    }
    lanes.iter().sum::<f32>() + rest.iter().map(|x| of(*x)).sum::<f32>()
}

/// The scalar product of two rows.
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (left, left_rest) = a.as_chunks::<LANES>();
    let (right, right_rest) = b.as_chunks::<LANES>();
    let mut lanes = [0.0; LANES];
    for (left, right) in left.iter().zip(right) {
        for ((lane, x), y) in lanes.iter_mut().zip(left).zip(right) {
            *lane += x * y;
        }
    }
    let rest = left_rest.iter().zip(right_rest).map(|(x, y)| x * y);
    lanes.iter().sum::<f32>() + rest.sum::<f32>()
}

/// Makes the row's mean 0 and its variance 1, then scales and shifts each number.
pub(super) fn layer_norm(row: &mut [f32], scale: &[f32], shift: &[f32], epsilon: f32) {
    let n = row.len() as f32;
    let mean = sum(row, |x| x) / n;
    let variance = sum(row, |x| (x - mean) * (x - mean)) / n;
    let inverse = 1.0 / (variance + epsilon).sqrt();
    for ((x, scale), shift) in row.iter_mut().zip(scale).zip(shift) {
        *x = (*x - mean) * inverse * scale + shift;
    }
}

/// Makes the mean of the row's squares 1, then scales each number.
pub(super) fn rms_norm(row: &mut [f32], scale: &[f32], epsilon: f32) {
    let squares = sum(row, |x| x * x) / row.len() as f32;
    let inverse = 1.0 / (squares + epsilon).sqrt();
    for (x, scale) in row.iter_mut().zip(scale) {
        *x *= inverse * scale;
    }
}

/// Makes the row one of length 1, as `torch.div(x, x.norm())` does.
pub(crate) fn normalise(row: &mut [f32]) {
    let length = sum(row, |x| x * x).sqrt();
    if length > 0.0 {
        for x in row {
            *x /= length;
        }
    }
}

/// Makes the row positive with sum 1.
pub(super) fn softmax(row: &mut [f32]) {
    let max = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    for x in row.iter_mut() {
        *x = (*x - max).exp();
    }
    let inverse = 1.0 / sum(row, |x| x);
    for x in row {
        *x *= inverse;
    }
}

/// The Gaussian error linear unit.
pub(super) fn gelu(x: f32) -> f32 {
    0.5 * x * (1.0 + erf(x * std::f32::consts::FRAC_1_SQRT_2))
}

/// The same by way of a hyperbolic tangent, as T5 v1.1 has it.
pub(super) fn gelu_tanh(x: f32) -> f32 {
    let inner = (2.0 / std::f32::consts::PI).sqrt() * (x + 0.044_715 * x * x * x);
    0.5 * x * (1.0 + inner.tanh())
}

/// The error function, off by at most 3e-7: the quotient of two polynomials that Eigen has, without a branch, so that it runs over
/// many numbers at once.
fn erf(x: f32) -> f32 {
    let x = x.clamp(-4.0, 4.0);
    let square = x * x;
    let over = [
        -2.726_142_3e-10,
        2.770_681_4e-8,
        -2.101_024e-6,
        -5.692_506_4e-5,
        -7.349_906_3e-4,
        -2.954_6e-3,
        -1.609_603_3e-2,
    ];
    let under = [
        -1.456_607_2e-5,
        -2.133_740_6e-4,
        -1.682_827e-3,
        -7.373_329e-3,
        -1.426_473_9e-2,
    ];
    let value = |polynomial: &[f32]| polynomial.iter().fold(0.0, |sum, c| sum * square + c);
    x * value(&over) / value(&under)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_function_is_that_of_the_tables() {
        for (x, want) in [
            (0.0, 0.0),
            (0.1, 0.112_462_92),
            (0.5, 0.520_499_9),
            (1.0, 0.842_700_8),
            (1.5, 0.966_105_1),
            (2.0, 0.995_322_3),
            (3.0, 0.999_977_9),
            (5.0, 1.0),
        ] {
            assert!((erf(x) - want).abs() < 1e-6, "{x}: {} {want}", erf(x));
            assert!((erf(-x) + want).abs() < 1e-6, "{x}");
        }
    }

    #[test]
    fn sums_take_every_number() {
        let row: Vec<f32> = (0_u8..19).map(f32::from).collect();
        assert!((sum(&row, |x| x) - 171.0).abs() < 1e-4);
        assert!((dot(&row, &row) - 2109.0).abs() < 1e-2);
        let mut row = vec![3.0, 4.0];
        normalise(&mut row);
        assert_eq!(row, [0.6, 0.8]);
        let mut none = vec![0.0; 3];
        normalise(&mut none);
        assert_eq!(none, [0.0; 3]);
        let mut row = vec![1.0, 3.0];
        layer_norm(&mut row, &[1.0, 2.0], &[0.0, 0.5], 0.0);
        assert_eq!(row, [-1.0, 2.5]);
        let mut row = vec![0.0, 2.0_f32.ln(), f32::NEG_INFINITY];
        softmax(&mut row);
        assert!((row[1] - 2.0 / 3.0).abs() < 1e-6 && row[2] == 0.0);
    }
}

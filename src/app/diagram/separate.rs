//! Placing the things of a row as near as possible to where they want to be.

/// Places for things of these widths side by side, in order and without overlap, with the least
/// sum of squared distances from their wishes.
///
/// With every thing's offset from a packed row taken off, the separations become “not
/// descending”, and the answer is the isotonic regression of the wishes: neighbours that are in
/// each other's way pool and share the mean of their wishes.
pub fn separated(wishes: &[f32], widths: &[f32]) -> Vec<f32> {
    let mut offsets = Vec::with_capacity(widths.len());
    let mut packed = 0.0;
    for (at, width) in widths.iter().enumerate() {
        if at > 0 {
            packed += (widths[at - 1] + width) / 2.0;
        }
        offsets.push(packed);
    }
    // Pools of (sum of wishes, how many).
    let mut pools: Vec<(f32, usize)> = Vec::new();
    for (wish, offset) in wishes.iter().zip(&offsets) {
        let mut pool = (wish - offset, 1_usize);
        while let Some((sum, number)) = pools.last().copied() {
            if sum / number as f32 <= pool.0 / pool.1 as f32 {
                break;
            }
            pool = (pool.0 + sum, pool.1 + number);
            pools.pop();
        }
        pools.push(pool);
    }
    let means = pools.iter().flat_map(|(sum, number)| std::iter::repeat_n(sum / *number as f32, *number));
    means.zip(&offsets).map(|(mean, offset)| mean + offset).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_room_stays_and_what_has_not_shares() {
        assert_eq!(separated(&[0.0, 100.0], &[10.0, 10.0]), [0.0, 100.0]);
        assert_eq!(separated(&[0.0, 0.0], &[10.0, 10.0]), [-5.0, 5.0]);
        assert_eq!(
            separated(&[50.0, 0.0, 0.0], &[10.0, 10.0, 10.0]),
            [20.0 / 3.0 + 0.0, 50.0 / 3.0, 80.0 / 3.0]
        );
        assert!(separated(&[], &[]).is_empty());
    }
}

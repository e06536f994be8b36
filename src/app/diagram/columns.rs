//! Columns: vertices that follow each other with no other way in or out want one x.

/// The columns of a chain graph, with what is above and below each.
pub(super) struct Columns {
    /// Column of each vertex.
    of: Vec<usize>,
    /// Vertices of each column, downwards.
    members: Vec<Vec<usize>>,
    /// Vertices above the first of each column.
    above: Vec<Vec<usize>>,
    /// Vertices below the last of each column.
    below: Vec<Vec<usize>>,
}

impl Columns {
    /// The columns of vertices in these rows, linked from upper to lower ones.
    pub(super) fn new(row: &[usize], links: &[(usize, usize)]) -> Self {
        let count = row.len();
        let mut up: Vec<Vec<usize>> = vec![Vec::new(); count];
        let mut down = up.clone();
        for (upper, lower) in links {
            up[*lower].push(*upper);
            down[*upper].push(*lower);
        }
        let mut of = vec![usize::MAX; count];
        let mut members: Vec<Vec<usize>> = Vec::new();
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by_key(|vertex| (row[*vertex], *vertex));
        for first in order {
            if of[first] != usize::MAX {
                continue;
            }
            let mut column = vec![first];
            of[first] = members.len();
            let mut last = first;
            while let [next] = down[last][..]
                && up[next].len() == 1
            {
                of[next] = members.len();
                column.push(next);
                last = next;
            }
            members.push(column);
        }
        let above = members.iter().map(|column| up[column[0]].clone()).collect();
        let below = members.iter().map(|column| down[column[column.len() - 1]].clone()).collect();
        Self { of, members, above, below }
    }

    /// Where a vertex wants to be: at the mean of what its column hangs on.
    pub(super) fn wish(&self, vertex: usize, xs: &[f32], downwards: bool, both: bool) -> f32 {
        let column = self.of[vertex];
        let (above, below) = (&self.above[column], &self.below[column]);
        let (first, second) = if downwards { (above, below) } else { (below, above) };
        let near: Vec<usize> = if first.is_empty() || both {
            first.iter().chain(second).copied().collect()
        } else {
            first.clone()
        };
        mean(near.iter().map(|vertex| xs[*vertex])).unwrap_or(xs[vertex])
    }

    /// Gives all vertices of a column one x, where their neighbours leave them one.
    pub(super) fn straighten(&self, rows: &[Vec<usize>], width: &[f32], xs: &mut [f32]) {
        let mut beside = vec![(None, None); xs.len()];
        for row in rows {
            for pair in row.windows(2) {
                beside[pair[0]].1 = Some(pair[1]);
                beside[pair[1]].0 = Some(pair[0]);
            }
        }
        let gap = |a: usize, b: usize| f32::midpoint(width[a], width[b]);
        for _ in 0..8 {
            for (column, members) in self.members.iter().enumerate() {
                let (mut least, mut most) = (f32::NEG_INFINITY, f32::INFINITY);
                for vertex in members {
                    let (left, right) = beside[*vertex];
                    least = left.map_or(least, |left| least.max(xs[left] + gap(left, *vertex)));
                    most = right.map_or(most, |right| most.min(xs[right] - gap(*vertex, right)));
                }
                if least > most + 0.01 {
                    continue;
                }
                let own = mean(members.iter().map(|vertex| xs[*vertex]));
                // A fork stands over its ways, a join under them; others stay where they are.
                let wish = match (self.above[column].len(), self.below[column].len()) {
                    (_, 2..) => mean(self.below[column].iter().map(|vertex| xs[*vertex])),
                    (2.., _) => mean(self.above[column].iter().map(|vertex| xs[*vertex])),
                    _ => own,
                };
                if let Some(x) = wish.or(own) {
                    let x = x.max(least).min(most.max(least));
                    for vertex in members {
                        xs[*vertex] = x;
                    }
                }
            }
        }
    }
}

fn mean(values: impl Iterator<Item = f32>) -> Option<f32> {
    let (sum, count) = values.fold((0.0, 0_u16), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f32::from(count))
}

//! Where the statuses and transitions of a workflow stand in a drawing: statuses in columns, each in
//! one behind those that lead to it; transitions as lines that run between the columns, and above and
//! below them where they go further, so that no line crosses a box.

use super::svg::width_of;

/// Height of a place where a line leaves or enters a box; boxes stand on a grid of it.
pub(super) const ROW: i32 = 20;
/// Between lines that run side by side.
const CHANNEL: i32 = 12;
/// Around everything, and before an arrow.
pub(super) const MARGIN: i32 = 20;
/// Narrowest box.
const NARROWEST: i32 = 110;

/// A status.
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    pub(super) name: String,
    /// `NEW`, `IN_PROGRESS` and the like.
    pub(super) kind: String,
    /// Names of transitions that lead here from everywhere.
    pub(super) from_all: Vec<String>,
}

/// Transitions from one status to another.
#[derive(Clone, Debug)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) name: String,
}

/// A box.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Place {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) wide: i32,
    pub(super) high: i32,
}

/// The corners of a line; its name stands above the first stretch.
pub(super) type Line = Vec<(i32, i32)>;

/// A drawing.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub(super) boxes: Vec<Place>,
    pub(super) lines: Vec<Line>,
    pub(super) wide: i32,
    pub(super) high: i32,
}

/// Column of each status: behind all that lead to it, as far as they stand before it in the workflow.
fn columns(nodes: usize, edges: &[Edge], first: usize) -> Vec<usize> {
    // The status of new issues comes before all others.
    let order: Vec<usize> =
        std::iter::once(first).chain((0..nodes).filter(|node| *node != first)).collect();
    let rank = |node: usize| order.iter().position(|one| *one == node).unwrap_or_default();
    let mut column = vec![0; nodes];
    for node in &order {
        let before = edges.iter().filter(|e| e.to == *node && rank(e.from) < rank(*node));
        let behind = before.filter_map(|e| column.get(e.from)).max().map_or(0, |last| last + 1);
        if let Some(own) = column.get_mut(*node) {
            *own = behind;
        }
    }
    column
}

/// How a line runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// To the next column.
    Next,
    /// Back to a box of the same column.
    Same,
    /// Further on, over the boxes.
    Over,
    /// Back, under the boxes.
    Under,
}

fn way(from: usize, to: usize) -> Way {
    match to {
        _ if to == from + 1 => Way::Next,
        _ if to == from => Way::Same,
        _ if to > from => Way::Over,
        _ => Way::Under,
    }
}

/// What is known of a column, from left to right.
#[derive(Clone, Debug, Default)]
struct Column {
    nodes: Vec<usize>,
    /// Widest box.
    wide: i32,
    /// Longest name of a line that leaves here.
    label: i32,
    /// Lines that run up or down behind it.
    channels: i32,
    x: i32,
}

/// Places everything.
pub(super) fn layout(nodes: &[Node], edges: &[Edge], first: usize) -> Layout {
    let of = columns(nodes.len(), edges, first);
    let at = |node: usize| of.get(node).copied().unwrap_or_default();
    let way_of = |edge: &Edge| way(at(edge.from), at(edge.to));
    // Over and under the boxes a line turns twice, in the gaps behind its ends.
    let mut all = vec![Column::default(); of.iter().max().map_or(0, |last| last + 1)];
    let mut entry = 0;
    for (node, column) in of.iter().enumerate() {
        if let Some(column) = all.get_mut(*column) {
            column.nodes.push(node);
            let named = nodes.get(node).map_or(0, box_width);
            column.wide = column.wide.max(named).max(NARROWEST);
        }
    }
    let mut bends: Vec<[(usize, i32); 2]> = Vec::new();
    for edge in edges {
        let mut turn = |gap: usize| -> (usize, i32) {
            let channels = match gap.checked_sub(1).and_then(|column| all.get_mut(column)) {
                Some(column) => &mut column.channels,
                None => &mut entry,
            };
            *channels += 1;
            (gap, *channels - 1)
        };
        let out = turn(at(edge.from) + 1);
        let far = matches!(way_of(edge), Way::Over | Way::Under);
        bends.push([out, if far { turn(at(edge.to)) } else { out }]);
        if let Some(column) = all.get_mut(at(edge.from)) {
            column.label = column.label.max(width_of(&edge.name) + 12);
        }
    }
    // From left to right.
    let mut x = MARGIN * 2 + entry * CHANNEL + MARGIN;
    for column in &mut all {
        column.x = x;
        x += column.wide + column.label + column.channels * CHANNEL + MARGIN;
    }
    let channel = |(gap, number): (usize, i32)| match gap.checked_sub(1).and_then(|n| all.get(n)) {
        Some(column) => column.x + column.wide + column.label + number * CHANNEL,
        None => MARGIN * 2 + number * CHANNEL,
    };
    // From top to bottom.
    let count = |wanted: Way| edges.iter().filter(|edge| way_of(edge) == wanted).count();
    let over = steps(count(Way::Over)) * CHANNEL;
    let mut boxes = vec![Place::default(); nodes.len()];
    let top = MARGIN + ROW + over;
    let mut bottom = top;
    for column in &all {
        let mut y = top;
        for node in &column.nodes {
            let out = edges.iter().filter(|edge| edge.from == *node).count();
            let into = edges.iter().filter(|edge| edge.to == *node && way_of(edge) != Way::Same);
            let back = edges.iter().filter(|edge| edge.to == *node && way_of(edge) == Way::Same);
            let notes = nodes.get(*node).map_or(0, |node| node.from_all.len());
            let rows = (out + back.count()).max(into.count()).max(2 + notes);
            let high = steps(rows) * ROW;
            if let Some(place) = boxes.get_mut(*node) {
                *place = Place { x: column.x, y, wide: column.wide, high };
            }
            y += high + ROW;
        }
        bottom = bottom.max(y);
    }
    let mut ports = vec![(0, 0); nodes.len()];
    let (mut lane_over, mut lane_under) = (top - ROW, bottom);
    let mut lines = Vec::new();
    for (edge, [out, into]) in edges.iter().zip(bends) {
        let from = boxes.get(edge.from).copied().unwrap_or_default();
        let to = boxes.get(edge.to).copied().unwrap_or_default();
        let start = from.y + ROW - 4 + ROW * taken(&mut ports, edge.from, true);
        let right = (from.x + from.wide, start);
        let (first, last) = (channel(out), channel(into));
        let mut line = vec![right, (first, start)];
        if way_of(edge) == Way::Same {
            let end = to.y + ROW - 4 + ROW * taken(&mut ports, edge.to, true);
            line.extend([(first, end), (to.x + to.wide, end)]);
        } else {
            // Half a row lower, so that lines that come do not lie on lines that go.
            let end = to.y + ROW / 2 - 4 + ROW * taken(&mut ports, edge.to, false);
            match way_of(edge) {
                Way::Over => {
                    line.extend([(first, lane_over), (last, lane_over)]);
                    lane_over -= CHANNEL;
                }
                Way::Under => {
                    line.extend([(first, lane_under), (last, lane_under)]);
                    lane_under += CHANNEL;
                }
                Way::Next | Way::Same => {}
            }
            line.extend([(last, end), (to.x, end)]);
        }
        lines.push(line);
    }
    Layout { boxes, lines, wide: x + MARGIN, high: lane_under + MARGIN }
}

fn steps(count: usize) -> i32 {
    i32::try_from(count).unwrap_or_default()
}

/// The next place at the right or the left side of a box.
fn taken(ports: &mut [(i32, i32)], node: usize, right: bool) -> i32 {
    let Some((on_right, on_left)) = ports.get_mut(node) else { return 0 };
    let port = if right { on_right } else { on_left };
    *port += 1;
    *port - 1
}

fn box_width(node: &Node) -> i32 {
    let notes = node.from_all.iter().map(|note| width_of(note));
    notes.chain([width_of(&node.name)]).max().unwrap_or_default() + 24
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(from: usize, to: usize) -> Edge {
        Edge { from, to, name: format!("{from} to {to}") }
    }

    /// All edges of five statuses, forth and back.
    fn full() -> (Vec<Node>, Vec<Edge>) {
        let nodes = (0..5).map(|n| Node { name: n.to_string(), ..Node::default() }).collect();
        let pairs = (0..5).flat_map(|from| (0..5).map(move |to| (from, to)));
        (nodes, pairs.filter(|(from, to)| from != to).map(|(from, to)| edge(from, to)).collect())
    }

    #[test]
    fn statuses_stand_behind_those_that_lead_to_them() {
        let edges = [edge(0, 1), edge(0, 2), edge(1, 3), edge(2, 3), edge(3, 0)];
        assert_eq!(columns(4, &edges, 0), [0, 1, 1, 2]);
        assert_eq!(columns(2, &[edge(1, 0)], 1), [1, 0], "new issues begin at the left");
    }

    #[test]
    fn no_line_crosses_a_box_or_lies_on_another() {
        let (nodes, edges) = full();
        let layout = layout(&nodes, &edges, 0);
        let mut stretches: Vec<(usize, [(i32, i32); 2])> = Vec::new();
        for (n, line) in layout.lines.iter().enumerate() {
            for pair in line.windows(2) {
                let [(x1, y1), (x2, y2)] = [pair[0], pair[1]];
                assert!(x1 == x2 || y1 == y2, "a line runs straight: {pair:?}");
                for place in &layout.boxes {
                    let beside = x1.max(x2) <= place.x || x1.min(x2) >= place.x + place.wide;
                    let apart = y1.max(y2) <= place.y || y1.min(y2) >= place.y + place.high;
                    assert!(beside || apart, "{pair:?} crosses {place:?}");
                }
                for (other, [(x3, y3), (x4, y4)]) in stretches.iter().filter(|(m, _)| *m != n) {
                    let (a, b) = ([(x1, y1), (x2, y2)], [(*x3, *y3), (*x4, *y4)]);
                    let both = |at: fn((i32, i32)) -> i32| {
                        let (a, b) = (a.map(at), b.map(at));
                        a[0].max(a[1]).min(b[0].max(b[1])) - a[0].min(a[1]).max(b[0].min(b[1]))
                    };
                    let (wide, high) = (both(|p| p.0), both(|p| p.1));
                    assert!(wide <= 0 || high != 0 || y1 != y2 || y3 != y4, "{n} on {other}");
                    assert!(high <= 0 || wide != 0 || x1 != x2 || x3 != x4, "{n} on {other}");
                }
                stretches.push((n, [pair[0], pair[1]]));
            }
        }
        let inside =
            |(x, y): &(i32, i32)| (0..layout.wide).contains(x) && (0..layout.high).contains(y);
        assert!(layout.lines.iter().flatten().all(inside));
    }
}

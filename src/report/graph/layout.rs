//! Where things stand in a drawn picture: dagre's layered layout, as `dugong` carries it out.

use super::Line;
use dugong::graphlib::{Graph, GraphOptions};
use dugong::{EdgeLabel, GraphLabel, LabelPos, NodeLabel, RankDir};

/// A drawing with more nodes or lines is not laid out: nobody can read it, and the layout takes minutes.
pub(super) const MAX_NODES: usize = 150;
/// See [`MAX_NODES`].
pub(super) const MAX_LINES: usize = 220;

/// Width and height.
pub(super) type Size = (f64, f64);

/// Where everything stands; the origin is the upper left corner.
pub(super) struct Layout {
    /// The whole.
    pub(super) size: Size,
    /// The middle of each node.
    pub(super) nodes: Vec<(f64, f64)>,
    /// The course of each line, and the middle of its label.
    pub(super) lines: Vec<Course>,
}

/// The course of a line.
pub(super) struct Course {
    /// From the edge of a node to the edge of the other.
    pub(super) points: Vec<(f64, f64)>,
    /// The middle of its label.
    pub(super) label: (f64, f64),
}

/// Lays out nodes of these sizes and lines with labels of these sizes. `None`: too much for a picture.
pub(super) fn layout(nodes: &[Size], lines: &[Line], labels: &[Size]) -> Option<Layout> {
    if nodes.len() > MAX_NODES || lines.len() > MAX_LINES {
        return None;
    }
    let options = GraphOptions { directed: true, multigraph: true, compound: true };
    let mut graph: Graph<NodeLabel, EdgeLabel, GraphLabel> = Graph::new(options);
    graph.set_graph(GraphLabel {
        rankdir: RankDir::LR,
        nodesep: 22.0,
        ranksep: 46.0,
        edgesep: 14.0,
        ..GraphLabel::default()
    });
    let node = |place: usize| format!("n{place}");
    let edge = |place: usize| format!("e{place}");
    for (place, (width, height)) in nodes.iter().enumerate() {
        graph.set_node(node(place), NodeLabel { width: *width, height: *height, ..NodeLabel::default() });
    }
    for (place, (line, (width, height))) in lines.iter().zip(labels).enumerate() {
        let label =
            EdgeLabel { width: *width, height: *height, labelpos: LabelPos::C, weight: 1.0, ..EdgeLabel::default() };
        graph.set_edge_named(node(line.from), node(line.to), Some(edge(place)), Some(label));
    }
    dugong::layout_dagreish(&mut graph);

    let middle = |place: usize| graph.node(&node(place)).and_then(|node| Some((node.x?, node.y?)));
    let centres: Vec<(f64, f64)> = (0..nodes.len()).map(middle).collect::<Option<_>>()?;
    let mut courses = Vec::with_capacity(lines.len());
    for (place, line) in lines.iter().enumerate() {
        let label = graph.edge(&node(line.from), &node(line.to), Some(&edge(place)))?;
        let points: Vec<(f64, f64)> = label.points.iter().map(|point| (point.x, point.y)).collect();
        let halfway = points.get(points.len() / 2).copied().unwrap_or_default();
        courses.push(Course { label: (label.x.unwrap_or(halfway.0), label.y.unwrap_or(halfway.1)), points });
    }
    Some(moved(centres, courses, nodes, labels))
}

/// Moves everything so that it begins at the origin.
fn moved(mut nodes: Vec<(f64, f64)>, mut lines: Vec<Course>, sizes: &[Size], labels: &[Size]) -> Layout {
    let corners = |at: &(f64, f64), size: &Size| {
        [(at.0 - size.0 / 2.0, at.1 - size.1 / 2.0), (at.0 + size.0 / 2.0, at.1 + size.1 / 2.0)]
    };
    let of_nodes = nodes.iter().zip(sizes).flat_map(|(at, size)| corners(at, size));
    let of_labels = lines.iter().zip(labels).flat_map(|(line, size)| corners(&line.label, size));
    let of_lines = lines.iter().flat_map(|line| line.points.iter().copied());
    let (mut low, mut high) = ((f64::MAX, f64::MAX), (f64::MIN, f64::MIN));
    for (x, y) in of_nodes.chain(of_labels).chain(of_lines) {
        low = (low.0.min(x), low.1.min(y));
        high = (high.0.max(x), high.1.max(y));
    }
    if low.0 > high.0 {
        (low, high) = ((0.0, 0.0), (0.0, 0.0));
    }
    let points = lines.iter_mut().flat_map(|line| line.points.iter_mut().chain([&mut line.label]));
    for point in nodes.iter_mut().chain(points) {
        *point = (point.0 - low.0, point.1 - low.1);
    }
    Layout { size: (high.0 - low.0, high.1 - low.1), nodes, lines }
}

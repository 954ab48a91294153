//! A workflow as a picture that any browser shows, on light and dark pages.

use std::fmt::Write;

use serde_json::Value;

use super::layout::{Edge, Layout, MARGIN, Node, ROW, layout};
use crate::chart::escaped;
use crate::lang::shown;
use crate::shape::cell;

/// Colours of the text, lines and boxes; then of the edge of boxes by the kind of their status.
const STYLE: &str = "\
text{font:12px sans-serif;fill:#222}.t{font-size:14px}.l{font-size:11px;fill:#555}.p{fill:#fff}\
.b{fill:#f6f7f9;stroke:#8a94a6;stroke-width:1.5}.e{fill:none;stroke:#8a94a6}.a{fill:#8a94a6}\
.e:hover{stroke:#d6336c;stroke-width:3}\
.IN_PROGRESS{stroke:#2f6fdb}.PAUSED{stroke:#b7791f}.DONE{stroke:#2e8b57}.CANCELLED{stroke:#c0392b}\
@media(prefers-color-scheme:dark){text{fill:#e6e6e6}.l{fill:#b0b6bf}.b{fill:#23272e}\
.p{fill:#16181c}}";

/// How wide a text of twelve points is, for certain.
pub(super) fn width_of(text: &str) -> i32 {
    i32::try_from(text.chars().count()).unwrap_or(i32::MAX / 16).saturating_mul(15) / 2
}

/// The picture of a workflow; `types` are those that follow it.
pub(super) fn picture(workflow: &Value, types: &[String]) -> String {
    let (nodes, edges, first) = graph(workflow);
    let layout = layout(&nodes, &edges, first);
    let title = format!("{} ({})", cell(workflow.get("name")), types.join(", "));
    let wide = layout.wide.max(width_of(&title) * 6 / 5 + 2 * MARGIN);
    let high = layout.high + 2 * ROW;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{wide}\" height=\"{high}\" \
         viewBox=\"0 {} {wide} {high}\">\n<title>{1}</title>\n<style>{STYLE}</style>\n\
         <defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" \
         markerHeight=\"8\" orient=\"auto\"><path class=\"a\" d=\"M0 0L8 4L0 8z\"/></marker></defs>\n\
         <rect class=\"p\" y=\"{0}\" width=\"{wide}\" height=\"{high}\"/>\n\
         <text class=\"t\" x=\"{MARGIN}\" y=\"{2}\">{1}</text>\n",
        -2 * ROW,
        escaped(&title),
        -ROW / 2,
    );
    lines(&layout, &edges, &mut out);
    boxes(&layout, &nodes, &mut out);
    if let Some(place) = layout.boxes.get(first) {
        // Where new issues come from.
        let (x, y) = (place.x, place.y + place.high - 6);
        writeln!(out, "<circle class=\"a\" cx=\"{}\" cy=\"{y}\" r=\"4\"/>", x - MARGIN).ok();
        writeln!(
            out,
            "<path class=\"e\" marker-end=\"url(#arrow)\" d=\"M{} {y}H{x}\"/>",
            x - MARGIN
        )
        .ok();
    }
    out + "</svg>\n"
}

fn lines(layout: &Layout, edges: &[Edge], out: &mut String) {
    for (line, edge) in layout.lines.iter().zip(edges) {
        let points: Vec<String> = line.iter().map(|(x, y)| format!("{x} {y}")).collect();
        let path = points.join("L");
        // Strings take everything.
        writeln!(out, "<path class=\"e\" marker-end=\"url(#arrow)\" d=\"M{path}\"/>").ok();
        if let Some((x, y)) = line.first() {
            let name = escaped(&edge.name);
            writeln!(out, "<text class=\"l\" x=\"{}\" y=\"{}\">{name}</text>", x + 6, y - 4).ok();
        }
    }
}

fn boxes(layout: &Layout, nodes: &[Node], out: &mut String) {
    for (place, node) in layout.boxes.iter().zip(nodes) {
        writeln!(
            out,
            "<rect class=\"b {}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"6\"/>",
            escaped(&node.kind),
            place.x,
            place.y,
            place.wide,
            place.high
        )
        .ok();
        let notes = node.from_all.iter().map(|note| ("l", note));
        for (row, (class, text)) in std::iter::once(("n", &node.name)).chain(notes).enumerate() {
            let y = place.y + 24 + ROW * i32::try_from(row).unwrap_or_default();
            let (x, text) = (place.x + 12, escaped(text));
            writeln!(out, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{text}</text>").ok();
        }
    }
}

/// Statuses and transitions, and which status new issues have. Transitions with the same ends are one
/// line with all their names.
fn graph(workflow: &Value) -> (Vec<Node>, Vec<Edge>, usize) {
    let steps: Vec<&Value> = workflow["steps"].as_array().into_iter().flatten().collect();
    let place =
        |status: &Value| steps.iter().position(|step| step["status"]["key"] == status["key"]);
    let (mut nodes, mut edges) = (Vec::new(), Vec::<Edge>::new());
    for (from, step) in steps.iter().enumerate() {
        let meta = Some(&step["metaAction"]).filter(|meta| meta.is_object());
        let note = |meta: &Value| shown(&format!("from any: {}", cell(meta.get("name"))));
        nodes.push(Node {
            name: cell(step.get("status")),
            kind: cell(step.get("statusType")),
            from_all: meta.map(note).into_iter().collect(),
        });
        for action in step["actions"].as_array().into_iter().flatten() {
            let Some(to) = place(&action["target"]) else { continue };
            let name = cell(action.get("name"));
            match edges.iter_mut().find(|edge| (edge.from, edge.to) == (from, to)) {
                Some(known) => known.name.extend([" / ", &name]),
                None => edges.push(Edge { from, to, name }),
            }
        }
    }
    let first = place(&workflow["initialAction"]["target"]).unwrap_or_default();
    (nodes, edges, first)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_workflow_is_drawn() {
        let status = |key: &str, name: &str| json!({"key": key, "display": name});
        let (open, doing, closed) =
            (status("open", "Open"), status("doing", "Doing"), status("closed", "Closed"));
        let workflow = json!({"name": "A <b> & \"c\"", "initialAction": {"target": open}, "steps": [
            {"status": open, "statusType": "NEW", "actions": [
                {"name": "Take", "target": doing}, {"name": "Close", "target": closed},
                {"name": "Reject", "target": closed}]},
            {"status": doing, "statusType": "IN_PROGRESS", "actions": [
                {"name": "Close", "target": closed}, {"name": "<Stop>", "target": open}]},
            {"status": closed, "statusType": "DONE",
                "metaAction": {"name": "Give up", "target": closed}}]});
        let drawn = picture(&workflow, &["Task".to_owned(), "Bug".to_owned()]);
        let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/src/workflow/sample.svg");
        if std::env::var_os("UPDATE_SESSIONS").is_some() {
            std::fs::write(sample, &drawn).expect("the sample can be written");
        }
        let wanted = std::fs::read_to_string(sample).expect("a sample");
        assert_eq!(drawn, wanted, "UPDATE_SESSIONS=1 accepts it");
    }
}

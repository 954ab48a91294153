//! `trackway issue links --tree`: what hangs on an issue, as far as it goes.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::lang::shown;
use crate::session::Session;
use crate::shape::cell;

/// Issues whose links are asked for at most; each costs a request.
const MOST: usize = 100;

/// Relations that are followed from issue to issue: on these one issue waits for or is a part of
/// another. The others are shown, but end there.
const FOLLOWED: [&str; 3] = ["depends", "subtask", "epic"];

/// An issue in the tree.
#[derive(Clone, Debug, Default, PartialEq)]
struct Node {
    key: String,
    summary: String,
    status: String,
    /// How it is related to the one above.
    relation: String,
    /// It stands in the tree already.
    again: bool,
    below: Vec<Node>,
}

/// Prints the tree of an issue, down to a depth.
pub(super) async fn show(
    key: &str,
    depth: usize,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let issue = session.get(&Session::at("/issues/{key}", &[key]), &[]).await?;
    let mut walk = Walk { seen: BTreeSet::new(), asked: 0 };
    let mut root = Node {
        key: cell(issue.get("key")),
        summary: cell(issue.get("summary")),
        status: cell(issue.get("status")),
        ..Node::default()
    };
    walk.seen.insert(root.key.clone());
    root.below = walk.below(&root.key, None, depth, session).await?;
    if session.output.is_json() {
        return session.output.json(&told(&root));
    }
    session.output.text(&drawn(&root))?;
    if walk.asked >= MOST {
        session.output.remark(&format!("only the links of {MOST} issues were looked at"));
    }
    Ok(())
}

/// A walk over links.
struct Walk {
    seen: BTreeSet<String>,
    asked: usize,
}

impl Walk {
    /// What hangs on an issue; below the first one only links of the kind that led to it.
    async fn below(
        &mut self,
        key: &str,
        led: Option<&str>,
        depth: usize,
        session: &Session<'_, '_>,
    ) -> Result<Vec<Node>, Failure> {
        if depth == 0 || self.asked >= MOST {
            return Ok(Vec::new());
        }
        self.asked += 1;
        let links = session.whole(&Session::at("/issues/{key}/links", &[key]), &[]).await?;
        let mut nodes = Vec::new();
        for link in &links {
            let kind = kind(link);
            if led.is_some_and(|led| led != kind) {
                continue;
            }
            let mut node = node(link);
            node.again = !self.seen.insert(node.key.clone());
            if !node.again && is_followed(&kind) {
                node.below =
                    Box::pin(self.below(&node.key, Some(&kind), depth - 1, session)).await?;
            }
            nodes.push(node);
        }
        Ok(nodes)
    }
}

/// Type and direction of a link.
fn kind(link: &Value) -> String {
    format!("{} {}", cell(link["type"].get("id")), cell(link.get("direction")))
}

fn is_followed(kind: &str) -> bool {
    kind.split(' ').next().is_some_and(|name| FOLLOWED.contains(&name))
}

fn node(link: &Value) -> Node {
    let direction = link["direction"].as_str().unwrap_or("outward");
    Node {
        key: cell(link["object"].get("key")),
        summary: cell(link["object"].get("display")),
        status: cell(link.get("status")),
        relation: cell(link["type"].get(direction)),
        ..Node::default()
    }
}

fn told(node: &Node) -> Value {
    json!({"key": node.key, "summary": node.summary, "status": node.status,
        "relation": (!node.relation.is_empty()).then_some(&node.relation),
        "links": node.below.iter().map(told).collect::<Vec<_>>()})
}

fn drawn(root: &Node) -> String {
    let mut lines = vec![line(root)];
    branches(&root.below, "", &mut lines);
    lines.join("\n")
}

fn line(node: &Node) -> String {
    let relation =
        if node.relation.is_empty() { String::new() } else { format!("{} ", node.relation) };
    let again = if node.again { format!("  ↑ {}", shown("above")) } else { String::new() };
    let status =
        if node.status.is_empty() { String::new() } else { format!("  ({})", node.status) };
    format!("{relation}{}  {}{status}{again}", node.key, node.summary)
}

fn branches(nodes: &[Node], indent: &str, lines: &mut Vec<String>) {
    for (at, node) in nodes.iter().enumerate() {
        let last = at + 1 == nodes.len();
        let (corner, under) = if last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        lines.push(format!("{indent}{corner}{}", line(node)));
        branches(&node.below, &format!("{indent}{under}"), lines);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_are_drawn() {
        let leaf = |key: &str, again| Node {
            key: key.to_owned(),
            summary: "x".to_owned(),
            relation: "Blocks".to_owned(),
            again,
            ..Node::default()
        };
        let middle = Node { below: vec![leaf("A-3", false)], ..leaf("A-2", false) };
        let root = Node {
            key: "A-1".to_owned(),
            summary: "Root".to_owned(),
            status: "Open".to_owned(),
            below: vec![middle, leaf("A-3", true)],
            ..Node::default()
        };
        assert_eq!(
            drawn(&root),
            "A-1  Root  (Open)\n├─ Blocks A-2  x\n│  └─ Blocks A-3  x\n└─ Blocks A-3  x  ↑ above"
        );
        assert_eq!(told(&root)["links"][0]["links"][0]["key"], "A-3");
    }

    #[test]
    fn links_are_followed_by_kind() {
        let link = json!({"type": {"id": "depends", "inward": "Is blocked by", "outward": "Blocks"},
            "direction": "inward", "object": {"key": "A-1", "display": "S"},
            "status": {"key": "open", "display": "Open"}});
        assert_eq!(kind(&link), "depends inward");
        assert!(is_followed(&kind(&link)) && !is_followed("relates outward"));
        assert_eq!(node(&link).relation, "Is blocked by");
    }
}

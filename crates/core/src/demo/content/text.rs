//! Fills the templates of the stories.

use super::rng::Rng;
use super::story::By;
use super::types::{Language, Person};

/// The people who play a part in one issue, by index.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cast {
    pub(super) author: usize,
    pub(super) assignee: usize,
    pub(super) colleague: usize,
    pub(super) tester: usize,
    pub(super) lead: usize,
}

impl Cast {
    /// Who plays the part.
    pub(super) const fn of(&self, by: By) -> usize {
        match by {
            By::Author => self.author,
            By::Assignee => self.assignee,
            By::Colleague => self.colleague,
            By::Tester => self.tester,
            By::Lead => self.lead,
        }
    }
}

/// Everything the texts of one issue may mention.
#[derive(Clone, Debug)]
pub(super) struct Scene<'a> {
    pub(super) people: &'a [Person],
    pub(super) language: Language,
    pub(super) row: &'a [&'a str],
    pub(super) client: &'a str,
    pub(super) reference: Option<String>,
    pub(super) number: u32,
    pub(super) long_number: u32,
    pub(super) cast: Cast,
}

/// A rendered text and whom it summons.
#[derive(Clone, Debug, Default)]
pub(super) struct Rendered {
    pub(super) text: String,
    pub(super) summon: Vec<usize>,
}

impl Scene<'_> {
    /// Renders a template as said by one person.
    pub(super) fn render(&self, template: &str, speaker: usize) -> Rendered {
        let mut out = Rendered::default();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            out.text.push_str(before);
            let Some((name, tail)) = after.split_once('}') else { break };
            self.fill(name, speaker, &mut out);
            rest = tail;
        }
        out.text.push_str(rest);
        out
    }

    /// Renders a description, leaving out optional paragraphs.
    pub(super) fn describe(&self, template: &str, rng: &mut Rng) -> String {
        let mut kept = Vec::new();
        for paragraph in template.split("\n\n") {
            let (optional, paragraph) =
                paragraph.strip_prefix('?').map_or((false, paragraph), |p| (true, p));
            let dropped = optional && !rng.chance(60);
            let unrelated = paragraph.contains("{ref}") && self.reference.is_none();
            if !dropped && !unrelated {
                kept.push(self.render(paragraph, self.cast.author).text);
            }
        }
        kept.join("\n\n")
    }

    fn fill(&self, name: &str, speaker: usize, out: &mut Rendered) {
        let female = self.people.get(speaker).is_some_and(|p| p.female);
        if let Some((he, she)) = name.split_once('|') {
            out.text.push_str(if female { she } else { he });
        } else if let Some(part) = name.strip_prefix('@') {
            let summoned = self.cast.of(part_named(part));
            if let Some(person) = self.people.get(summoned) {
                out.text.push_str(person.first.get(self.language));
                out.summon.push(summoned);
            }
        } else if let Ok(index) = name.parse::<usize>() {
            // A parameter may itself mention the customer or a number, but no other parameter.
            let parameter = self.row.get(index).copied().unwrap_or_default();
            out.text.push_str(&self.render(parameter, speaker).text);
        } else {
            match name {
                "client" => out.text.push_str(self.client),
                "n" => out.text.push_str(&self.number.to_string()),
                "nn" => out.text.push_str(&self.long_number.to_string()),
                "ref" => out.text.push_str(self.reference.as_deref().unwrap_or_default()),
                _ => {}
            }
        }
    }
}

fn part_named(name: &str) -> By {
    match name {
        "author" => By::Author,
        "assignee" => By::Assignee,
        "colleague" => By::Colleague,
        "tester" => By::Tester,
        _ => By::Lead,
    }
}

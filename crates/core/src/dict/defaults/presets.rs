//! Templates of queues: what the type settings of a new queue are (workflow.md, 4).

use super::workflows::TEMPLATES;
use crate::lang::Name;

/// A template of a queue.
#[derive(Clone, Debug)]
pub struct Preset {
    /// Wire id of its workflow, which serves all its types.
    pub workflow: &'static str,
    /// Displayed name.
    pub name: Name,
    /// Keys of its issue types; the first one is the default.
    pub types: &'static [&'static str],
    /// Keys of the resolutions offered when an issue is closed.
    pub resolutions: &'static [&'static str],
}

const USUAL: &[&str] = &["fixed", "wontFix", "duplicate"];
const DEFECTS: &[&str] = &["fixed", "wontFix", "cantReproduce", "duplicate"];
const SUPPORT: &[&str] = &["incident", "serviceRequest", "changeRequest", "task"];
const AGILE: &[&str] = &["task", "bug", "epic", "story"];
const WORK: &[&str] = &["task", "project"];

/// Types and resolutions of a template.
type Kit = (&'static [&'static str], &'static [&'static str]);

/// In the order of the workflows.
const KITS: &[Kit] = &[
    (&["task"], USUAL),
    (
        &["task", "improvement", "bug", "release"],
        &["fixed", "wontFix", "cantReproduce", "duplicate", "later"],
    ),
    (&["task", "improvement", "bug", "project"], DEFECTS),
    (AGILE, USUAL),
    (AGILE, USUAL),
    (WORK, USUAL),
    (WORK, USUAL),
    (WORK, USUAL),
    (&["task"], USUAL),
    (&["leave", "businessTrip", "changes", "documents", "request"], USUAL),
    (&["vacancy", "applicant"], USUAL),
    (WORK, &["successful", "overfulfilled", "duplicate", "later", "dontDo"]),
    (SUPPORT, DEFECTS),
    (SUPPORT, DEFECTS),
];

/// The templates in the order in which they are offered.
pub fn presets() -> Vec<Preset> {
    TEMPLATES
        .iter()
        .zip(KITS)
        .map(|(template, (types, resolutions))| Preset {
            workflow: template.key,
            name: Name::new(template.ru, template.en),
            types,
            resolutions,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::dict::defaults::{issue_types, resolutions, workflows};

    #[test]
    fn presets_name_what_exists() {
        let types: HashSet<String> = issue_types().into_iter().map(|s| s.key).collect();
        let known: HashSet<String> = resolutions().into_iter().map(|s| s.key).collect();
        for preset in presets() {
            let all = |keys: &[&str], known: &HashSet<String>| {
                !keys.is_empty() && keys.iter().all(|key| known.contains(*key))
            };
            assert!(all(preset.types, &types), "{}", preset.workflow);
            assert!(all(preset.resolutions, &known), "{}", preset.workflow);
        }
    }

    #[test]
    fn every_workflow_has_its_preset() {
        let workflows: Vec<String> = workflows().into_iter().map(|w| w.key).collect();
        let presets = presets();
        assert!(presets.iter().map(|p| p.workflow).eq(workflows.iter().map(String::as_str)));
        let of =
            |workflow: &str| presets.iter().find(|p| p.workflow == workflow).expect("a preset");
        assert_eq!(of("kanbanDevelopmentPresetWorkflow").types, AGILE);
        assert_eq!(of("hrPresetWorkflow").types.first(), Some(&"leave"));
        assert_eq!(of("recruitmentPresetWorkflow").types, ["vacancy", "applicant"]);
        assert_eq!(of("goalsManagmentPresetWorkflow").resolutions.first(), Some(&"successful"));
        assert_eq!(of("basicSupportPresetWorkflow").types.first(), Some(&"incident"));
    }
}

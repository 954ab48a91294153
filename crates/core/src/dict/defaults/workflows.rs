//! The preset workflows (workflow.md, 4).

use super::graph::{self, Graph};
use super::statuses::{
    self, ACHIEVED, AS_PLANNED, BLOCKED_GOAL, CANCELLED, CLOSED, DEMO_TO_CUSTOMER,
    DOCUMENTS_PREPARED, FIRST_SUPPORT_LINE, IN_PROGRESS, IN_REVIEW, NEED_ACCEPTANCE, NEED_ESTIMATE,
    NEED_INFO, NEW, NEW_GOAL, ON_HOLD, OPEN, RC, READY_FOR_TEST, RESOLVED, RESULT_ACCEPTANCE,
    SECOND_SUPPORT_LINE, TESTED, TESTING, WITH_RISKS,
};
use super::{Stock, numbered};
use crate::dict::model::{Step, Workflow};
use crate::lang::Name;

/// A preset workflow.
pub(super) struct Template {
    /// Id on the wire.
    pub(super) key: &'static str,
    pub(super) en: &'static str,
    pub(super) ru: &'static str,
    /// The first one is the initial status.
    statuses: &'static [i64],
    graph: Graph,
}

const DEVELOPMENT: &[i64] = &[
    OPEN,
    IN_PROGRESS,
    NEED_INFO,
    IN_REVIEW,
    READY_FOR_TEST,
    TESTING,
    RESOLVED,
    TESTED,
    RC,
    CLOSED,
];

const DOCUMENTS: &[i64] =
    &[NEW, NEED_INFO, NEED_ACCEPTANCE, IN_PROGRESS, DOCUMENTS_PREPARED, ON_HOLD, CLOSED];

/// Every preset; the position plus one is the object id.
pub(super) const TEMPLATES: &[Template] = &[
    Template {
        key: "quickStartV2PresetWorkflow",
        en: "Start now",
        ru: "Быстрый старт",
        statuses: &[OPEN, IN_PROGRESS, NEED_INFO, CLOSED],
        graph: graph::SIMPLE,
    },
    Template {
        key: "developmentPresetWorkflow",
        en: "Basic development",
        ru: "Базовая разработка",
        statuses: DEVELOPMENT,
        graph: graph::DEVELOPMENT,
    },
    Template {
        key: "outsourceDevelopmentPresetWorkflow",
        en: "Outsource development",
        ru: "Заказная разработка",
        statuses: &[
            OPEN,
            NEED_INFO,
            NEED_ESTIMATE,
            IN_PROGRESS,
            RESOLVED,
            DEMO_TO_CUSTOMER,
            RC,
            CLOSED,
        ],
        graph: graph::OUTSOURCE,
    },
    Template {
        key: "scrumDevelopmentPresetWorkflow",
        en: "Scrum",
        ru: "Scrum",
        statuses: DEVELOPMENT,
        graph: graph::DEVELOPMENT,
    },
    Template {
        key: "kanbanDevelopmentPresetWorkflow",
        en: "Kanban",
        ru: "Kanban",
        statuses: DEVELOPMENT,
        graph: graph::DEVELOPMENT,
    },
    Template {
        key: "serviceProvisionPresetWorkflow",
        en: "Services",
        ru: "Оказание услуг",
        statuses: &[
            NEW,
            NEED_INFO,
            NEED_ACCEPTANCE,
            IN_PROGRESS,
            RESULT_ACCEPTANCE,
            RESOLVED,
            ON_HOLD,
            CLOSED,
        ],
        graph: graph::SERVICES,
    },
    Template {
        key: "manufacturingPresetWorkflow",
        en: "Production",
        ru: "Производство",
        statuses: &[NEW, NEED_INFO, NEED_ACCEPTANCE, IN_PROGRESS, RESULT_ACCEPTANCE, CLOSED],
        graph: graph::SERVICES,
    },
    Template {
        key: "marketingPresetWorkflow",
        en: "Marketing",
        ru: "Маркетинг",
        statuses: &[OPEN, IN_PROGRESS, NEED_INFO, RESOLVED, CLOSED],
        graph: graph::SIMPLE,
    },
    Template {
        key: "documentAcceptancePresetWorkflow",
        en: "Document flow",
        ru: "Документооборот",
        statuses: DOCUMENTS,
        graph: graph::DOCUMENTS,
    },
    Template {
        key: "hrPresetWorkflow",
        en: "HR",
        ru: "Кадры",
        statuses: DOCUMENTS,
        graph: graph::DOCUMENTS,
    },
    Template {
        key: "recruitmentPresetWorkflow",
        en: "Recruitment",
        ru: "Подбор персонала",
        statuses: &[
            NEW,
            NEED_INFO,
            NEED_ACCEPTANCE,
            IN_PROGRESS,
            RESULT_ACCEPTANCE,
            ON_HOLD,
            CLOSED,
        ],
        graph: graph::SERVICES,
    },
    Template {
        // Quirk: the id is misspelt in the API.
        key: "goalsManagmentPresetWorkflow",
        en: "Goals",
        ru: "Цели",
        statuses: &[NEW_GOAL, AS_PLANNED, WITH_RISKS, CANCELLED, ACHIEVED, BLOCKED_GOAL],
        graph: Graph::Meta,
    },
    Template {
        key: "basicSupportPresetWorkflow",
        en: "Support",
        ru: "Поддержка",
        statuses: &[OPEN, IN_PROGRESS, NEED_INFO, RESOLVED, CLOSED],
        graph: graph::SIMPLE,
    },
    Template {
        key: "tieredSupportPresetWorkflow",
        en: "Two-line support",
        ru: "Поддержка в две линии",
        statuses: &[OPEN, FIRST_SUPPORT_LINE, SECOND_SUPPORT_LINE, NEED_INFO, RESOLVED, CLOSED],
        graph: graph::TWO_LINES,
    },
];

/// The preset workflows.
pub fn workflows() -> Vec<Stock<Workflow>> {
    numbered(TEMPLATES, |_, template| (template.key, template.workflow()))
}

impl Template {
    fn workflow(&self) -> Workflow {
        let step = |id: &i64| {
            statuses::row(*id).map(|row| Step { status: *id, status_type: row.status_type })
        };
        let steps: Vec<Step> = self.statuses.iter().filter_map(step).collect();
        let initial = self.statuses.first().copied().unwrap_or_default();
        let transitions = self.graph.transitions(&steps, initial);
        let name = Name::new(self.ru, self.en);
        Workflow { name, initial, steps, transitions, ..Workflow::default() }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashSet};

    use super::*;
    use crate::dict::model::{Function, Transition};

    fn workflow(key: &str) -> Workflow {
        workflows().into_iter().find(|w| w.key == key).expect("a preset").body
    }

    fn key(status: i64) -> &'static str {
        statuses::row(status).expect("a stock status").key
    }

    /// Each transition as `from,from>to`.
    fn edges(workflow: &Workflow) -> BTreeMap<String, String> {
        let show = |t: &Transition| {
            let from: Vec<_> = t.from.iter().map(|s| key(*s)).collect();
            (t.id.clone(), format!("{}>{}", from.join(","), key(t.to)))
        };
        workflow.transitions.iter().map(show).collect()
    }

    fn table(rows: &[(&str, &str)]) -> BTreeMap<String, String> {
        rows.iter().map(|(id, edge)| ((*id).to_owned(), (*edge).to_owned())).collect()
    }

    #[test]
    fn ends_of_transitions_are_steps() {
        for w in workflows() {
            let steps: HashSet<i64> = w.body.steps.iter().map(|s| s.status).collect();
            assert!(steps.len() >= 2 && steps.len() == w.body.steps.len(), "{}", w.key);
            assert!(steps.contains(&w.body.initial), "{}", w.key);
            for t in &w.body.transitions {
                assert!(steps.contains(&t.to) && !t.from.contains(&t.to), "{} {}", w.key, t.id);
                assert!(t.from.iter().all(|s| steps.contains(s)), "{} {}", w.key, t.id);
                assert!(!t.name.ru.is_empty() && !t.name.en.is_empty(), "{} {}", w.key, t.id);
            }
            let ids: HashSet<&str> = w.body.transitions.iter().map(|t| t.id.as_str()).collect();
            assert_eq!(ids.len(), w.body.transitions.len(), "{}", w.key);
        }
    }

    #[test]
    fn every_status_can_be_reached_and_left() {
        for w in workflows() {
            let mut reached = HashSet::from([w.body.initial]);
            let mut queue = vec![w.body.initial];
            while let Some(status) = queue.pop() {
                assert!(w.body.open_from(status).next().is_some(), "{} {}", w.key, key(status));
                queue.extend(
                    w.body.open_from(status).map(|t| t.to).filter(|to| reached.insert(*to)),
                );
            }
            assert_eq!(reached.len(), w.body.steps.len(), "{}", w.key);
        }
    }

    #[test]
    fn closing_asks_for_a_resolution_and_opening_clears_it() {
        for w in workflows() {
            let closed = |s: i64| w.body.status_type(s).expect("a step").is_closed();
            assert!(w.body.steps.iter().any(|s| closed(s.status)), "{}", w.key);
            for step in &w.body.steps {
                for t in w.body.open_from(step.status) {
                    let place = format!("{} {} {}", w.key, key(step.status), t.id);
                    assert_eq!(t.screen.is_some(), closed(t.to), "{place}");
                    let clears = t.functions.contains(&Function::UnsetResolution);
                    if closed(step.status) {
                        assert_eq!(clears, !closed(t.to), "{place}");
                    }
                }
                if closed(step.status) && w.key != "goalsManagmentPresetWorkflow" {
                    let reopen = w
                        .body
                        .open_from(step.status)
                        .find(|t| t.id == "reopen")
                        .expect("a way back");
                    assert_eq!(reopen.to, w.body.initial, "{}", w.key);
                }
            }
        }
    }

    #[test]
    fn start_now() {
        let expected = table(&[
            ("start_progress", "open,needInfo>inProgress"),
            ("stop_progress", "inProgress>open"),
            ("need_info", "open,inProgress>needInfo"),
            ("provide_info", "needInfo>open"),
            ("close", "open,inProgress,needInfo>closed"),
            ("reopen", "closed>open"),
        ]);
        assert_eq!(edges(&workflow("quickStartV2PresetWorkflow")), expected);
    }

    #[test]
    fn development() {
        let expected = table(&[
            ("start_progress", "open,needInfo,inReview,readyForTest,testing,tested,rc>inProgress"),
            ("stop_progress", "inProgress>open"),
            ("need_info", "open,inProgress,inReview,readyForTest,testing,tested,rc>needInfo"),
            ("provide_info", "needInfo>open"),
            ("review", "inProgress>inReview"),
            ("ready_for_test", "inProgress,inReview>readyForTest"),
            ("start_testing", "readyForTest>testing"),
            ("tested", "testing>tested"),
            ("resolve", "open,inProgress,needInfo>resolved"),
            ("rc", "resolved,tested>rc"),
            ("close", "open,inProgress,needInfo,inReview,readyForTest,testing,tested,rc>closed"),
            ("reopen", "resolved,closed>open"),
        ]);
        for preset in ["development", "scrumDevelopment", "kanbanDevelopment"] {
            assert_eq!(edges(&workflow(&format!("{preset}PresetWorkflow"))), expected);
        }
    }

    #[test]
    fn outsource() {
        let expected = table(&[
            ("start_progress", "open,needInfo,needEstimate,demoToCustomer,rc>inProgress"),
            ("need_info", "open,needEstimate,inProgress,demoToCustomer,rc>needInfo"),
            ("need_estimate", "open,needInfo>needEstimate"),
            ("resolve", "open,needInfo,inProgress>resolved"),
            ("demo", "resolved>demoToCustomer"),
            ("rc", "demoToCustomer>rc"),
            ("close", "open,needInfo,needEstimate,inProgress,demoToCustomer,rc>closed"),
            ("reopen", "resolved,closed>open"),
        ]);
        assert_eq!(edges(&workflow("outsourceDevelopmentPresetWorkflow")), expected);
    }

    #[test]
    fn two_lines() {
        let expected = table(&[
            ("need_info", "open,firstSupportLine,secondSupportLine>needInfo"),
            ("first_line", "open,secondSupportLine,needInfo>firstSupportLine"),
            ("second_line", "firstSupportLine>secondSupportLine"),
            ("resolve", "open,firstSupportLine,secondSupportLine,needInfo>resolved"),
            ("close", "open,firstSupportLine,secondSupportLine,needInfo>closed"),
            ("reopen", "resolved,closed>open"),
        ]);
        assert_eq!(edges(&workflow("tieredSupportPresetWorkflow")), expected);
    }

    #[test]
    fn absent_statuses_take_their_transitions_along() {
        let ids = |key: &str| edges(&workflow(key)).into_keys().collect::<HashSet<_>>();
        let services = ids("serviceProvisionPresetWorkflow");
        let production = ids("manufacturingPresetWorkflow");
        let missing: HashSet<&str> = services.difference(&production).map(String::as_str).collect();
        assert_eq!(missing, HashSet::from(["on_hold", "resolve"]));
        assert!(ids("recruitmentPresetWorkflow").contains("on_hold"));
        assert!(ids("hrPresetWorkflow").contains("documents_prepared"));
    }

    #[test]
    fn goals_reach_everything_from_everywhere() {
        let goals = workflow("goalsManagmentPresetWorkflow");
        assert!(goals.transitions.iter().all(|t| t.from.is_empty()));
        let open: Vec<&str> = goals.open_from(NEW_GOAL).map(|t| t.id.as_str()).collect();
        let expected =
            ["asPlannedMeta", "withRisksMeta", "cancelledMeta", "achievedMeta", "blockedGoalMeta"];
        assert_eq!(open, expected);
    }
}

//! How the preset workflows connect their statuses (workflow.md, 4.1).

use super::statuses as s;
use crate::dict::model::{Function, Screen, ScreenField, Step, Transition};
use crate::lang::Name;

/// Statuses an edge starts from, narrowed to those the workflow has.
#[derive(Clone, Copy)]
pub(super) enum Sources {
    /// Every one that is not closed.
    Open,
    /// Every closed one.
    Closed,
    /// These.
    Only(&'static [i64]),
}

/// Status an edge leads to.
#[derive(Clone, Copy)]
pub(super) enum Target {
    /// Where new issues start.
    Initial,
    /// This one; a workflow without it has no such transition.
    Status(i64),
}

/// A transition as the presets share it.
#[derive(Clone, Copy)]
pub(super) struct Edge {
    pub(super) id: &'static str,
    pub(super) en: &'static str,
    pub(super) ru: &'static str,
    pub(super) from: Sources,
    pub(super) to: Target,
}

const fn edge(
    id: &'static str,
    en: &'static str,
    ru: &'static str,
    from: Sources,
    to: i64,
) -> Edge {
    Edge { id, en, ru, from, to: Target::Status(to) }
}

/// What a workflow's transitions are made of.
#[derive(Clone, Copy)]
pub(super) enum Graph {
    /// The edges common to all with these between.
    Family(&'static [Edge]),
    /// Every status can be reached from every other one.
    Meta,
}

// Buttons stand in the order of work: start, ask, go on, finish, reopen.
const COMMON_FIRST: &[Edge] = &[
    edge("start_progress", "Start progress", "Взять в работу", Sources::Open, s::IN_PROGRESS),
    edge("need_info", "Need info", "Запросить информацию", Sources::Open, s::NEED_INFO),
];
const COMMON_LAST: &[Edge] = &[
    edge("close", "Close", "Закрыть", Sources::Open, s::CLOSED),
    Edge {
        id: "reopen",
        en: "Reopen",
        ru: "Открыть заново",
        from: Sources::Closed,
        to: Target::Initial,
    },
];

const STOP_PROGRESS: Edge = edge(
    "stop_progress",
    "Stop progress",
    "Остановить работу",
    Sources::Only(&[s::IN_PROGRESS]),
    s::OPEN,
);
const PROVIDE_INFO: Edge = edge(
    "provide_info",
    "Provide info",
    "Предоставить информацию",
    Sources::Only(&[s::NEED_INFO]),
    s::OPEN,
);
const RESOLVE: Edge = resolve(Sources::Only(&[s::OPEN, s::IN_PROGRESS, s::NEED_INFO]));
const NEED_ACCEPTANCE: Edge = edge(
    "need_acceptance",
    "Request acceptance",
    "Отправить на подтверждение",
    Sources::Only(&[s::NEW]),
    s::NEED_ACCEPTANCE,
);
const ON_HOLD: Edge = edge("on_hold", "Put on hold", "Приостановить", Sources::Open, s::ON_HOLD);

const fn resolve(from: Sources) -> Edge {
    edge("resolve", "Resolve", "Решить", from, s::RESOLVED)
}

/// Start now, Marketing, Support.
pub(super) const SIMPLE: Graph = Graph::Family(&[STOP_PROGRESS, PROVIDE_INFO, RESOLVE]);

/// Basic development, Scrum, Kanban.
pub(super) const DEVELOPMENT: Graph = Graph::Family(&[
    STOP_PROGRESS,
    PROVIDE_INFO,
    edge(
        "review",
        "Send to review",
        "Отправить на ревью",
        Sources::Only(&[s::IN_PROGRESS]),
        s::IN_REVIEW,
    ),
    edge(
        "ready_for_test",
        "Ready for test",
        "Можно тестировать",
        Sources::Only(&[s::IN_PROGRESS, s::IN_REVIEW]),
        s::READY_FOR_TEST,
    ),
    edge(
        "start_testing",
        "Start testing",
        "Начать тестирование",
        Sources::Only(&[s::READY_FOR_TEST]),
        s::TESTING,
    ),
    edge("tested", "Tested", "Протестировано", Sources::Only(&[s::TESTING]), s::TESTED),
    RESOLVE,
    edge(
        "rc",
        "Ready for release",
        "Готово к релизу",
        Sources::Only(&[s::RESOLVED, s::TESTED]),
        s::RC,
    ),
]);

/// Outsource development.
pub(super) const OUTSOURCE: Graph = Graph::Family(&[
    edge(
        "need_estimate",
        "Request estimate",
        "Отправить на оценку",
        Sources::Only(&[s::OPEN, s::NEED_INFO]),
        s::NEED_ESTIMATE,
    ),
    RESOLVE,
    edge(
        "demo",
        "Demonstrate to customer",
        "Показать заказчику",
        Sources::Only(&[s::RESOLVED]),
        s::DEMO_TO_CUSTOMER,
    ),
    edge(
        "rc",
        "Ready for release",
        "Готово к релизу",
        Sources::Only(&[s::DEMO_TO_CUSTOMER]),
        s::RC,
    ),
]);

/// Services, Production, Recruitment.
pub(super) const SERVICES: Graph = Graph::Family(&[
    NEED_ACCEPTANCE,
    edge(
        "result_acceptance",
        "Submit result",
        "Отправить на согласование",
        Sources::Only(&[s::IN_PROGRESS]),
        s::RESULT_ACCEPTANCE,
    ),
    ON_HOLD,
    resolve(Sources::Only(&[s::RESULT_ACCEPTANCE])),
]);

/// Document flow, HR.
pub(super) const DOCUMENTS: Graph = Graph::Family(&[
    NEED_ACCEPTANCE,
    edge(
        "documents_prepared",
        "Documents prepared",
        "Документы подготовлены",
        Sources::Only(&[s::IN_PROGRESS]),
        s::DOCUMENTS_PREPARED,
    ),
    ON_HOLD,
]);

/// Two-line support.
pub(super) const TWO_LINES: Graph = Graph::Family(&[
    edge(
        "first_line",
        "To first line",
        "На первую линию",
        Sources::Only(&[s::OPEN, s::NEED_INFO, s::SECOND_SUPPORT_LINE]),
        s::FIRST_SUPPORT_LINE,
    ),
    edge(
        "second_line",
        "To second line",
        "На вторую линию",
        Sources::Only(&[s::FIRST_SUPPORT_LINE]),
        s::SECOND_SUPPORT_LINE,
    ),
    resolve(Sources::Open),
]);

impl Graph {
    /// The transitions of a workflow of these steps, in the order in which they are offered.
    pub(super) fn transitions(self, steps: &[Step], initial: i64) -> Vec<Transition> {
        match self {
            Self::Family(own) => COMMON_FIRST
                .iter()
                .chain(own)
                .chain(COMMON_LAST)
                .filter_map(|edge| edge.transition(steps, initial))
                .collect(),
            Self::Meta => steps.iter().filter_map(|step| meta(steps, step.status)).collect(),
        }
    }
}

impl Edge {
    /// The transition, unless the workflow lacks its target or all of its sources.
    fn transition(&self, steps: &[Step], initial: i64) -> Option<Transition> {
        let to = match self.to {
            Target::Initial => initial,
            Target::Status(status) => status,
        };
        let starts = |step: &&Step| match self.from {
            Sources::Open => !step.status_type.is_closed(),
            Sources::Closed => step.status_type.is_closed(),
            Sources::Only(list) => list.contains(&step.status),
        };
        let from: Vec<Step> =
            steps.iter().filter(|step| step.status != to).filter(starts).copied().collect();
        // No statuses would mean a meta-transition.
        if from.is_empty() {
            return None;
        }
        let ids = from.iter().map(|step| step.status).collect();
        finish(self.id, Name::new(self.ru, self.en), ids, to, steps, &from)
    }
}

/// The transition to `status` from everywhere; its button bears the name of the status.
fn meta(steps: &[Step], status: i64) -> Option<Transition> {
    let row = s::row(status)?;
    let id = format!("{}Meta", row.key);
    finish(&id, Name::new(row.ru, row.en), Vec::new(), status, steps, steps)
}

/// Adds what follows from the types of the ends: whatever closes an issue asks for a resolution,
/// whatever opens one again clears it (workflow.md, 3 and 4).
fn finish(
    id: &str,
    name: Name,
    from: Vec<i64>,
    to: i64,
    steps: &[Step],
    sources: &[Step],
) -> Option<Transition> {
    let closes = steps.iter().find(|step| step.status == to)?.status_type.is_closed();
    let opens = !closes && sources.iter().any(|step| step.status_type.is_closed());
    Some(Transition {
        id: id.to_owned(),
        name,
        from,
        to,
        screen: closes.then(close_screen),
        functions: if opens { vec![Function::UnsetResolution] } else { Vec::new() },
        ..Transition::default()
    })
}

/// Id of the screen shown when an issue is closed.
pub const CLOSE_SCREEN: &str = "000000000000000000000001";

/// The screen shown when an issue is closed, the same in every preset: a resolution, and a comment
/// if one likes.
pub fn close_screen() -> Screen {
    let field =
        |field: &str, required| ScreenField { field: field.to_owned(), required, default: None };
    Screen {
        id: CLOSE_SCREEN.to_owned(),
        name: Name::new("Закрытие задачи", "Close issue"),
        fields: vec![field("resolution", true), field("comment", false)],
    }
}

//! What the demo company works with besides issues: departments, mail lists, boards with sprints,
//! saved filters and templates.

use serde_json::{Value as Json, json};
use trackway_api::types::Members;

use super::content::{self, IssueSeed};
use crate::board;
use crate::board::input::Shape;
use crate::cx::Cx;
use crate::dict::model::{EVERYBODY, Filter, MailList, SavedSort, Sprint, SprintStatus, Subjects};
use crate::dict::store;
use crate::directory::admin;
use crate::error::{Error, Result};
use crate::field::no;
use crate::lang::Name;
use crate::template;
use crate::time::{DAY_MS, Instant, day_of};

/// The development queue and its board.
const DEV: &str = "DEV";
const SCRUM: &str = "Разработка: спринты";
/// Days of a sprint.
const SPRINT_DAYS: i32 = 14;
/// When the boards were made, in days before now.
const BOARD_AGE: i64 = 90;

/// A sprint: name, first day from now, status.
const SPRINTS: [(&str, i32, SprintStatus); 4] = [
    ("Спринт 41", -37, SprintStatus::Archived),
    ("Спринт 42", -23, SprintStatus::Released),
    ("Спринт 43", -9, SprintStatus::InProgress),
    ("Спринт 44", 5, SprintStatus::Draft),
];

/// Departments: Russian name, English name, the one above.
const DEPARTMENTS: [(&str, &str, Option<&str>); 6] = [
    ("Белая Баржа", "White Barge", None),
    ("Отдел разработки", "Development department", Some("Белая Баржа")),
    ("Группа тестирования", "Testing group", Some("Отдел разработки")),
    ("Отдел поддержки", "Support department", Some("Белая Баржа")),
    ("Отдел маркетинга", "Marketing department", Some("Белая Баржа")),
    ("Дирекция", "Board of directors", Some("Белая Баржа")),
];

/// Who is in the testing group.
const TESTERS: [&str; 2] = ["nina.brook", "lucas.ferrand"];

const fn department(group: content::Group) -> &'static str {
    match group {
        content::Group::Development => "Отдел разработки",
        content::Group::Support => "Отдел поддержки",
        content::Group::Marketing => "Отдел маркетинга",
        content::Group::Management => "Дирекция",
    }
}

/// The company's tree of departments with its people, and its mail lists.
pub(super) fn directory(cx: &mut Cx<'_, '_>, people: &[i64]) -> Result<()> {
    for (ru, en, above) in DEPARTMENTS {
        admin::add_department(cx, &Name::new(ru, en), above)?;
    }
    let company = content::company();
    for person in company.people {
        let tests = TESTERS.contains(&person.login);
        let place =
            if tests { "Группа тестирования" } else { department(person.group) };
        admin::join_department(cx, Some(place), person.login)?;
    }
    for (address, name, group) in [
        ("all@barge.example", "Вся компания", None),
        ("dev@barge.example", "Разработка", Some(content::Group::Development)),
        ("support@barge.example", "Поддержка", Some(content::Group::Support)),
    ] {
        let fits = |(person, _): &(&content::Person, &i64)| group.is_none_or(|g| g == person.group);
        let members = company.people.iter().zip(people).filter(fits).map(|(_, uid)| *uid);
        let list = MailList {
            address: address.to_owned(),
            name: name.to_owned(),
            open: group.is_none(),
            members: members.collect(),
            ..MailList::default()
        };
        admin::add_maillist(cx, list)?;
    }
    Ok(())
}

/// Boards with their sprints; before the issues, which are put on them.
pub(super) fn boards(cx: &mut Cx<'_, '_>, now: Instant) -> Result<()> {
    cx.now = now - BOARD_AGE * DAY_MS;
    let scrum = json!({
        "name": SCRUM, "defaultQueue": DEV, "boardType": "scrum", "useRanking": true,
        "query": "Queue: DEV Type: !Epic", "country": 643,
    });
    let scrum = board::ops::add(cx, &members(scrum)?, Shape::Classic)?;
    let support = json!({
        "name": "Поддержка: обращения", "defaultQueue": "SUPPORT", "boardType": "kanban",
        "filter": {"queue": ["SUPPORT"]}, "orderBy": "priority",
    });
    board::ops::add(cx, &members(support)?, Shape::Classic)?;
    let urgent = json!({
        "name": "Срочное", "backlogAvailable": true,
        "autoFilters": {
            "addFilter": {"liveFilter": {"fieldValues": {
                "priority": [{"fixed": "critical"}, {"fixed": "blocker"}],
            }}},
            "removeFilter": {"statuses": ["closed"], "checkResolutionPresence": true,
                "maxTimeInToRemoveState": "P3W"},
        },
    });
    board::ops::add(cx, &members(urgent)?, Shape::Live)?;
    for (name, first, status) in SPRINTS {
        let start = day_of(now) + first;
        let at = |day: i32| i64::from(day) * DAY_MS + 9 * 3_600_000;
        let started = status != SprintStatus::Draft;
        let ended = matches!(status, SprintStatus::Released | SprintStatus::Archived);
        let end = start + SPRINT_DAYS - 1;
        let sprint = Sprint {
            name: name.to_owned(),
            board: scrum.id,
            status,
            created_by: cx.actor.uid,
            created_at: cx.now,
            start,
            end,
            started_at: started.then(|| at(start)),
            ended_at: ended.then(|| at(end)),
        };
        store::insert(cx, "", sprint)?;
    }
    Ok(())
}

/// The sprint an issue was planned into when it was made: the one that ran then, or the next one
/// for what nobody works on yet.
pub(super) fn sprint_of(queue: &str, seed: &IssueSeed) -> Option<&'static str> {
    if queue != DEV || matches!(seed.kind, "epic" | "release") {
        return None;
    }
    let day = -i32::try_from(seed.created_ago / (24 * 60)).ok()?;
    let ran = |first: i32| (first..first + SPRINT_DAYS).contains(&day);
    let (name, _, status) = SPRINTS.iter().find(|(_, first, _)| ran(*first))?;
    let waits = *status == SprintStatus::InProgress && seed.steps.is_empty();
    let next = SPRINTS.iter().find(|(_, _, status)| *status == SprintStatus::Draft);
    Some(next.filter(|_| waits).map_or(*name, |(name, ..)| *name))
}

fn members(json: Json) -> Result<Members> {
    match json {
        Json::Object(members) => Ok(members),
        _ => Err(Error::internal("demo data made no object")),
    }
}

/// Saved filters and templates.
pub(super) fn aids(cx: &mut Cx<'_, '_>, people: &[i64]) -> Result<()> {
    let everybody = || Subjects { groups: vec![EVERYBODY], ..Subjects::default() };
    let columns = [no::KEY, no::SUMMARY, no::STATUS, no::ASSIGNEE, no::UPDATED_AT];
    let filter = |name: &str, query: &str| Filter {
        name: name.to_owned(),
        owner: people.first().copied().unwrap_or_default(),
        query: Some(query.to_owned()),
        fields: columns.map(i64::from).to_vec(),
        sorts: vec![SavedSort { field: i64::from(no::UPDATED_AT), ascending: false }],
        created_at: cx.now,
        ..Filter::default()
    };
    let shared = [
        filter("Мои открытые задачи", "Assignee: me() Resolution: empty()"),
        Filter {
            group_by: Some(i64::from(no::ASSIGNEE)),
            ..filter("Открытые ошибки", "Queue: DEV Type: Bug Resolution: empty()")
        },
        filter("Без исполнителя", "Assignee: empty() Resolution: empty()"),
    ];
    let private = Filter {
        query: None,
        filter: Some(json!({"queue": ["DEV", "SUPPORT"], "priority": ["critical", "blocker"]})),
        ..filter("Критичное", "")
    };
    for filter in shared {
        store::insert(cx, "", Filter { read: everybody(), ..filter })?;
    }
    store::insert(cx, "", private)?;
    let bug = json!({
        "type": "bug", "tags": ["regression"],
        "description": "## Шаги\n\n1. \n\n## Что ожидалось\n\n## Что произошло\n",
    });
    template::issue::add(cx, "Ошибка", "Описание ошибки по шагам", Some(DEV), &members(bug)?)?;
    let meeting = json!({"summary": "Встреча: ", "description": "Повестка:\n\n- \n"});
    template::issue::add(cx, "Встреча", "", None, &members(meeting)?)?;
    for (name, queue, text) in [
        ("Спасибо", None, "Спасибо, взяли в работу!"),
        ("Нужны журналы", Some("SUPPORT"), "Пришлите, пожалуйста, журнал и время, когда это было."),
    ] {
        template::comment::add(cx, name, "", queue, text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::company::install;
    use crate::testing::{Fixture, NOW};

    #[test]
    fn the_demo_company_has_boards_sprints_filters_and_templates() {
        let f = Fixture::new();
        let access = install(&f.tracker, 7, NOW).expect("a company");
        let world = f.tracker.world();
        let dict = world.by_org_id(&access.org_id).expect("the company");
        assert_eq!((dict.boards.len(), dict.sprints.len(), dict.filters.len()), (3, 4, 4));
        assert_eq!((dict.departments.len(), dict.maillists.len()), (6, 3));
        assert_eq!((dict.issue_templates.len(), dict.comment_templates.len()), (2, 2));
        assert!(dict.users.iter().all(|user| user.body.department.is_some()));
        let index = f.tracker.index(dict.org_id).expect("an index");
        let index = index.index.read();
        for sprint in dict.sprints.iter() {
            let planned =
                index.bitmap(no::SPRINT, sprint.id).map_or(0, trackway_search::RoaringBitmap::len);
            assert!(planned > 0, "{} is empty", sprint.body.name);
        }
        let urgent = dict.boards.by_name("Срочное", |_| true).expect("a board");
        assert!(index.bitmap(no::BOARDS, urgent.id).is_some_and(|issues| !issues.is_empty()));
    }
}

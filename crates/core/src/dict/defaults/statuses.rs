//! Stock statuses (workflow.md, 1.2).

use super::{Stock, numbered};
use crate::dict::model::{Status, StatusType};
use crate::lang::Name;

/// A row of the catalogue.
pub(super) struct Row {
    pub(super) key: &'static str,
    pub(super) en: &'static str,
    pub(super) ru: &'static str,
    pub(super) status_type: StatusType,
}

macro_rules! statuses {
    ($($id:literal $konst:ident $key:literal $en:literal $ru:literal $type:ident;)*) => {
        $(
            #[doc = concat!("Id of `", $key, "`.")]
            pub const $konst: i64 = $id;
        )*

        /// Every stock status; the position plus one is the id.
        pub(super) const ROWS: &[Row] = &[
            $(Row { key: $key, en: $en, ru: $ru, status_type: StatusType::$type }),*
        ];

        #[cfg(test)]
        const IDS: &[(i64, &str)] = &[$(($konst, $key)),*];
    };
}

statuses! {
    1 OPEN "open" "Open" "Открыт" New;
    2 NEW "new" "New" "Новый" New;
    3 BACKLOG "backlog" "Backlog" "Беклог" New;
    4 SELECTED_FOR_DEV "selectedForDev" "Selected for dev" "Будем делать" New;
    5 NEW_GOAL "newGoal" "New goal" "Новая цель" New;
    6 IN_PROGRESS "inProgress" "In Progress" "В работе" InProgress;
    7 TESTING "testing" "Testing" "Тестируется" InProgress;
    8 FIRST_SUPPORT_LINE "firstSupportLine" "1 line of support" "Первая линия поддержки" InProgress;
    9 SECOND_SUPPORT_LINE "secondSupportLine" "2 line of support" "Вторая линия поддержки" InProgress;
    10 AS_PLANNED "asPlanned" "As planned" "По плану" InProgress;
    11 NEED_INFO "needInfo" "Need Info" "Требуется информация" Paused;
    12 IN_REVIEW "inReview" "In Review" "Ревью" Paused;
    13 READY_FOR_TEST "readyForTest" "Ready For Test" "Можно тестировать" Paused;
    14 TESTED "tested" "Tested" "Протестировано" Paused;
    15 RC "rc" "Ready for release" "Готово к релизу" Paused;
    16 NEED_ACCEPTANCE "needAcceptance" "Need Acceptance" "Ждем подтверждения" Paused;
    17 CONFIRMED "confirmed" "Confirmed" "Подтверждён" Paused;
    18 NEED_ESTIMATE "needEstimate" "Need estimate" "Оценка задачи" Paused;
    19 DEMO_TO_CUSTOMER "demoToCustomer" "Demonstration to customer" "Демонстрация заказчику" Paused;
    20 DOCUMENTS_PREPARED "documentsPrepared" "Documents prepared" "Документы подготовлены" Paused;
    21 ON_HOLD "onHold" "On Hold" "Приостановлено" Paused;
    22 RESULT_ACCEPTANCE "resultAcceptance" "Result Acceptance" "Согласование результата" Paused;
    23 WITH_RISKS "withRisks" "With risks" "Есть риски" Paused;
    24 BLOCKED_GOAL "blockedGoal" "Blocked goal" "Цель заблокирована" Paused;
    25 RESOLVED "resolved" "Resolved" "Решен" Done;
    26 CLOSED "closed" "Closed" "Закрыт" Done;
    27 ACHIEVED "achieved" "Achieved" "Достигнута" Done;
    28 CANCELLED "cancelled" "Cancelled" "Отменено" Cancelled;
}

/// The stock statuses in the order of lists.
pub fn statuses() -> Vec<Stock<Status>> {
    numbered(ROWS, |order, row| {
        let status = Status {
            name: Name::new(row.ru, row.en),
            description: Name::default(),
            status_type: row.status_type,
            order,
        };
        (row.key, status)
    })
}

/// The row of a stock status.
pub(super) fn row(id: i64) -> Option<&'static Row> {
    id.checked_sub(1).and_then(|at| usize::try_from(at).ok()).and_then(|at| ROWS.get(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_are_positions() {
        for (id, key) in IDS {
            assert_eq!(row(*id).map(|row| row.key), Some(*key));
        }
        assert_eq!(statuses().len(), IDS.len());
        assert!(row(0).is_none() && row(i64::MIN).is_none() && row(29).is_none());
    }

    #[test]
    fn types_are_those_of_the_catalogue() {
        let count = |t| ROWS.iter().filter(|row| row.status_type == t).count();
        assert_eq!(StatusType::ALL.map(count), [5, 5, 14, 3, 1]);
    }
}

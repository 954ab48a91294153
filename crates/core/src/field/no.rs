//! Numbers of the system fields: what issues, events and the index are stored with. A number is
//! also the field's object id. They are part of the database format: never change or reuse one.

/// Number of a field.
pub type FieldNo = u32;

macro_rules! system_fields {
    ($($no:literal $konst:ident $wire:literal;)*) => {
        $(
            #[doc = concat!("`", $wire, "`")]
            pub const $konst: FieldNo = $no;
        )*

        /// Every system field: number and wire id.
        pub const SYSTEM: &[(FieldNo, &str)] = &[$(($konst, $wire)),*];
    };
}

system_fields! {
    1 KEY "key";
    2 ALIASES "aliases";
    3 QUEUE "queue";
    4 PREVIOUS_QUEUE "previousQueue";
    5 LAST_QUEUE "lastQueue";
    6 TYPE "type";
    7 PRIORITY "priority";
    8 SUMMARY "summary";
    9 DESCRIPTION "description";
    10 STATUS "status";
    11 STATUS_TYPE "statusType";
    12 PREVIOUS_STATUS "previousStatus";
    13 STATUS_START_TIME "statusStartTime";
    14 RESOLUTION "resolution";
    15 RESOLVED_AT "resolvedAt";
    16 RESOLVED_BY "resolvedBy";
    17 CREATED_AT "createdAt";
    18 CREATED_BY "createdBy";
    19 UPDATED_AT "updatedAt";
    20 UPDATED_BY "updatedBy";
    21 ASSIGNEE "assignee";
    22 QA_ENGINEER "qaEngineer";
    23 FOLLOWERS "followers";
    24 FOLLOWING_MAILLISTS "followingMaillists";
    25 FOLLOWING_GROUPS "followingGroups";
    26 ACCESS "access";
    27 PENDING_REPLY_FROM "pendingReplyFrom";
    28 DEADLINE "deadline";
    29 START "start";
    30 END "end";
    31 COMPONENTS "components";
    32 AFFECTED_VERSIONS "affectedVersions";
    33 FIX_VERSIONS "fixVersions";
    34 TAGS "tags";
    35 PROJECT "project";
    36 BOARDS "boards";
    37 PARENT "parent";
    38 EPIC "epic";
    39 SPRINT "sprint";
    40 STORY_POINTS "storyPoints";
    41 ORIGINAL_ESTIMATION "originalEstimation";
    42 ESTIMATION "estimation";
    43 SPENT "spent";
    44 VOTES "votes";
    45 VOTED_BY "votedBy";
    46 FAVORITED_BY "favoritedBy";
    47 LAST_COMMENT_UPDATED_AT "lastCommentUpdatedAt";
    48 COMMENTS_WITHOUT_MESSAGE "commentWithoutExternalMessageCount";
    49 COMMENTS_WITH_MESSAGE "commentWithExternalMessageCount";
    50 UNIQUE "unique";
    51 PREVIOUS_STATUS_LAST_ASSIGNEE "previousStatusLastAssignee";
    52 RECEIVED_REPLY_FOR "receivedReplyFor";
    53 EMAIL_FROM "emailFrom";
    54 EMAIL_CREATED_BY "emailCreatedBy";
    55 EMAIL_TO "emailTo";
    56 EMAIL_CC "emailCc";
    57 POSSIBLE_SPAM "possibleSpam";
    58 PARTICIPANT_PERCENTS_TOTAL "participantPercentsTotal";
    59 LINKED_GOALS "linkedGoals";
    60 SLA "sla";
    61 RANKS "ranks";
    62 CHECKLIST_ITEMS "checklistItems";
    63 CHECKLIST_DONE "checklistDone";
    64 CHECKLIST_TOTAL "checklistTotal";
    65 DESCRIPTION_HTML "descriptionHtml";
}

/// When an issue was archived. No field: no search names it, no edit changes it.
pub const ARCHIVED_AT: FieldNo = 900;

/// Numbers below this one are system fields.
pub const FIRST_CUSTOM: FieldNo = 1000;

//! Boards with their columns.

use serde_json::Value;

use crate::input::Json;
use crate::params::IfMatch;
use crate::sprints::Sprint;
use crate::types::{KeyedRef, Members, PlainRef, UserRef};

wire! {
    /// A column as it stands in its board.
    pub struct BoardColumnRef {
        #[serde(rename = "self")] self_url: String,
        id: String,
        display: String,
    }
    /// A board. The members of the classic form (`filter` to `calendar`) are always there in v2,
    /// in v3 when they are set; those of the current form come with v3.
    pub struct Board {
        #[serde(rename = "self")] self_url: String,
        id: i64,
        version: i64,
        name: String,
        created_at?: String,
        updated_at?: String,
        created_by?: UserRef,
        columns: Vec<BoardColumnRef>,
        backlog_columns*: BoardColumnRef,
        non_parametrized_columns*: BoardColumnRef,
        filter?: Members,
        order_by?: String,
        order_asc?: bool,
        query?: String,
        use_ranking?: bool,
        estimate_by?: PlainRef,
        country?: PlainRef,
        default_queue?: KeyedRef,
        calendar?: Value,
        auto_filter_settings?: Value,
        owner?: UserRef,
        backlog_available?: bool,
        sprints_available?: bool,
    }
    /// A column of a board.
    pub struct BoardColumn {
        #[serde(rename = "self")] self_url: String,
        id: i64,
        name: String,
        statuses: Vec<KeyedRef>,
        limit?: i64,
    }
    /// Where an issue of a board goes: right before or after another one, each by key or id.
    pub struct RankInput {
        issue?: String,
        before?: String,
        after?: String,
    }
    /// An issue of a board and its place, from 1.
    pub struct BoardRank {
        issue: KeyedRef,
        rank: i64,
    }
}

endpoints! {
    /// Boards the caller may see.
    ListBoards GET "/boards" read => 200 Vec<Board> { query { localized: bool } }
    /// Creates a board.
    CreateBoard POST "/boards" write => 201 Board {
        query { localized: bool }
        body Json<Members>
    }
    /// Boards the caller may see, by cursor.
    ListBoardsPage GET "/boards/_paginate" read => 200 Vec<Board> {
        query { per_page = "perPage": i64, id: String, localized: bool }
    }
    /// Creates a board in the current form.
    CreateLiveBoard POST "/liveBoards" write => 201 Board {
        query { localized: bool }
        body Json<Members>
    }
    /// One board.
    GetBoard GET "/boards/{boardId}" read => 200 Board {
        path { board }
        query { localized: bool }
    }
    /// Changes a board.
    UpdateBoard PATCH "/boards/{boardId}" write => 200 Board {
        path { board }
        query { version: i64, localized: bool }
        header { if_match = "If-Match": IfMatch }
        body Json<Members>
    }
    /// Deletes a board with its sprints.
    DeleteBoard DELETE "/boards/{boardId}" write => 204 () { path { board } }
    /// Columns of a board, left to right.
    ListColumns GET "/boards/{boardId}/columns" read => 200 Vec<BoardColumn> {
        path { board }
    }
    /// Adds a column at the right end of a board.
    CreateColumn POST "/boards/{boardId}/columns" write => 201 BoardColumn {
        path { board }
        query { version: i64 }
        header { if_match = "If-Match": IfMatch }
        body Json<Members>
    }
    /// One column.
    GetColumn GET "/boards/{boardId}/columns/{columnId}" read => 200 BoardColumn {
        path { board, column }
    }
    /// Changes a column.
    UpdateColumn PATCH "/boards/{boardId}/columns/{columnId}" write => 200 BoardColumn {
        path { board, column }
        query { version: i64 }
        header { if_match = "If-Match": IfMatch }
        body Json<Members>
    }
    /// Deletes a column.
    DeleteColumn DELETE "/boards/{boardId}/columns/{columnId}" write => 204 () {
        path { board, column }
        query { version: i64 }
        header { if_match = "If-Match": IfMatch }
    }
    /// Puts an issue of a board before or after another one.
    RankIssue POST "/boards/{boardId}/_rank" write => 204 () {
        path { board }
        body Json<RankInput>
    }
    /// Issues of a board in the order that people gave them.
    ListBoardRanks GET "/boards/{boardId}/ranks" read => 200 Vec<BoardRank> { path { board } }
    /// Sprints of a board.
    ListBoardSprints GET "/boards/{boardId}/sprints" read => 200 Vec<Sprint> {
        path { board }
    }
}

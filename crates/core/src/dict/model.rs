//! What the dictionaries hold: one struct per kind, stored as JSON, kept in memory.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::lang::Name;

/// Kinds of dictionary objects; the name is the `kind` column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it all")]
pub enum Kind {
    Org,
    Status,
    IssueType,
    Priority,
    Resolution,
    Category,
    Field,
    Workflow,
    Group,
    Member,
    Queue,
    Component,
    Version,
}

impl Kind {
    /// Every kind, in the order in which one may refer to another.
    pub const ALL: [Self; 13] = [
        Self::Org,
        Self::Status,
        Self::IssueType,
        Self::Priority,
        Self::Resolution,
        Self::Category,
        Self::Field,
        Self::Workflow,
        Self::Group,
        Self::Member,
        Self::Queue,
        Self::Component,
        Self::Version,
    ];

    /// Name in the `kind` column.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Org => "org",
            Self::Status => "status",
            Self::IssueType => "issuetype",
            Self::Priority => "priority",
            Self::Resolution => "resolution",
            Self::Category => "category",
            Self::Field => "field",
            Self::Workflow => "workflow",
            Self::Group => "group",
            Self::Member => "member",
            Self::Queue => "queue",
            Self::Component => "component",
            Self::Version => "version",
        }
    }

    /// The kind of a `kind` column.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.name() == name)
    }
}

/// A body stored in the `object` table.
pub trait Body: Serialize + serde::de::DeserializeOwned + Send + Sync + 'static {
    /// Its kind.
    const KIND: Kind;
    /// Path segment of `self` URLs (`statuses` in `/v3/statuses/1`).
    const PATH: &'static str;
    /// The `display` member of references.
    fn name(&self) -> Name;
    /// Whether references carry the key besides the id.
    const KEYED: bool = true;
    /// Whether the `self` URL ends with the key and not the id.
    const SELF_BY_KEY: bool = false;
    /// Position in lists.
    fn order(&self) -> i64 {
        0
    }
    /// Members of references besides the usual ones.
    fn more(&self, id: i64) -> Vec<(&'static str, Value)> {
        let _ = id;
        Vec::new()
    }
}

/// The organisation itself.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Org {
    /// Displayed name.
    pub name: Name,
    /// Identifier for `X-Cloud-Org-ID` (20 characters).
    pub cloud_id: String,
    /// Identifier for `X-Org-ID`.
    pub org_id: String,
    /// Language of people who chose none.
    pub language: String,
}

/// Type of a status (workflow.md, 1.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it all")]
pub enum StatusType {
    #[default]
    New,
    InProgress,
    Paused,
    Done,
    Cancelled,
}

impl StatusType {
    /// Every type; the position is its number in the index.
    pub const ALL: [Self; 5] =
        [Self::New, Self::InProgress, Self::Paused, Self::Done, Self::Cancelled];

    /// Name on the wire.
    pub const fn key(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::InProgress => "inProgress",
            Self::Paused => "paused",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
        }
    }

    /// Displayed name.
    pub fn name(self) -> Name {
        match self {
            Self::New => Name::new("Начальный", "New"),
            Self::InProgress => Name::new("В процессе", "In progress"),
            Self::Paused => Name::new("На паузе", "Paused"),
            Self::Done => Name::new("Завершен", "Done"),
            Self::Cancelled => Name::new("Отменен", "Cancelled"),
        }
    }

    /// Whether an issue in such a status counts as closed.
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::Done | Self::Cancelled)
    }

    /// Number in the index and in stored issues.
    pub const fn number(self) -> i64 {
        self as i64
    }

    /// The type of a stored number.
    pub fn from_number(n: i64) -> Option<Self> {
        usize::try_from(n).ok().and_then(|n| Self::ALL.get(n)).copied()
    }
}

/// A status.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Status {
    /// Displayed name.
    pub name: Name,
    /// Description.
    pub description: Name,
    /// Default type; a workflow may say otherwise.
    #[serde(rename = "type")]
    pub status_type: StatusType,
    /// Position in lists.
    pub order: i64,
}

/// An issue type, a priority or a resolution: a name with an order.
macro_rules! named {
    ($($(#[$doc:meta])* $name:ident $kind:ident $path:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase", default)]
        pub struct $name {
            /// Displayed name.
            pub name: Name,
            /// Description.
            pub description: Name,
            /// Position in lists.
            pub order: i64,
        }

        impl Body for $name {
            const KIND: Kind = Kind::$kind;
            const PATH: &'static str = $path;
            fn name(&self) -> Name {
                self.name.clone()
            }
            fn order(&self) -> i64 {
                self.order
            }
        }
    )*};
}
named! {
    /// An issue type.
    IssueType IssueType "issuetypes";
    /// A priority; a larger order is more urgent.
    Priority Priority "priorities";
    /// A resolution.
    Resolution Resolution "resolutions";
}

impl Body for Status {
    const KIND: Kind = Kind::Status;
    const PATH: &'static str = "statuses";
    fn name(&self) -> Name {
        self.name.clone()
    }
    fn order(&self) -> i64 {
        self.order
    }
}

impl Body for Org {
    const KIND: Kind = Kind::Org;
    const PATH: &'static str = "organizations";
    fn name(&self) -> Name {
        self.name.clone()
    }
}

/// A category of fields. The key is its 24-digit id on the wire.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Category {
    /// Displayed name.
    pub name: Name,
    /// Position in lists.
    pub order: i64,
}

impl Body for Category {
    const KIND: Kind = Kind::Category;
    const PATH: &'static str = "fields/categories";
    const KEYED: bool = false;
    const SELF_BY_KEY: bool = true;
    fn name(&self) -> Name {
        self.name.clone()
    }
    fn order(&self) -> i64 {
        self.order
    }
}

/// What a field's values are (contract, x-field-value-shapes).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it all")]
pub enum ValueType {
    #[default]
    String,
    Text,
    Integer,
    Float,
    Boolean,
    Date,
    Datetime,
    Timetracking,
    Uri,
    Money,
    User,
    Group,
    Maillist,
    Issue,
    Queue,
    IssueType,
    Priority,
    Status,
    StatusType,
    Resolution,
    Component,
    Version,
    Sprint,
    Project,
    Board,
    Goal,
    Translation,
    Rank,
    Sla,
    ChecklistItem,
}

impl ValueType {
    /// Name in a field's schema.
    pub fn name(self) -> String {
        match self {
            Self::StatusType => "statusType".to_owned(),
            Self::ChecklistItem => "checklistItem".to_owned(),
            other => format!("{other:?}").to_lowercase(),
        }
    }
}

/// A field of issues. The key is its id on the wire; the number is what issues are stored with.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_excessive_bools, reason = "the wire has them")]
pub struct Field {
    /// Displayed name.
    pub name: Name,
    /// Description.
    pub description: Name,
    /// Type of a value, or of an element when `array` is set.
    #[serde(rename = "type")]
    pub value_type: ValueType,
    /// Whether the field holds several values.
    pub array: bool,
    /// Whether an issue must have a value.
    pub required: bool,
    /// Whether clients cannot write it.
    pub readonly: bool,
    /// Whether values come from a list.
    pub options: bool,
    /// Whether values can be suggested.
    pub suggest: bool,
    /// The list of allowed values, if there is one.
    pub values: Option<Vec<Value>>,
    /// Position in lists.
    pub order: i64,
    /// Category (object id).
    pub category: i64,
    /// Queue of a local field.
    pub queue: Option<i64>,
    /// Hidden from lists.
    pub hidden: bool,
}

impl Body for Field {
    const KIND: Kind = Kind::Field;
    const PATH: &'static str = "fields";
    const KEYED: bool = false;
    const SELF_BY_KEY: bool = true;
    fn name(&self) -> Name {
        self.name.clone()
    }
    fn order(&self) -> i64 {
        self.order
    }
}

/// A field of a transition's screen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ScreenField {
    /// Wire id of the field, or `comment`.
    pub field: String,
    /// Must have a value.
    pub required: bool,
    /// Value taken when none is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
}

/// What a transition asks for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Screen {
    /// Id on the wire.
    pub id: String,
    /// Title.
    pub name: Name,
    /// Its fields.
    pub fields: Vec<ScreenField>,
}

/// What a transition does besides changing the status (workflow.md, 2.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "type")]
pub enum Function {
    /// Clears the resolution.
    UnsetResolution,
}

/// A transition of a workflow.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Transition {
    /// Id, unique within the workflow.
    pub id: String,
    /// Name of the button.
    pub name: Name,
    /// Statuses it starts from; empty means every other status (a meta-transition).
    pub from: Vec<i64>,
    /// Status it leads to.
    pub to: i64,
    /// What it asks for.
    pub screen: Option<Screen>,
    /// What it does, in this order.
    pub functions: Vec<Function>,
}

/// A status of a workflow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The status.
    pub status: i64,
    /// Its type in this workflow.
    #[serde(rename = "type")]
    pub status_type: StatusType,
}

/// A workflow. The key is its id on the wire.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Workflow {
    /// Displayed name.
    pub name: Name,
    /// Status of a new issue.
    pub initial: i64,
    /// Its statuses.
    pub steps: Vec<Step>,
    /// Its transitions, in the order in which they are offered.
    pub transitions: Vec<Transition>,
    /// The queue that owns it; `None` for shared ones.
    pub queue: Option<i64>,
}

impl Workflow {
    /// Transitions that start at `status`.
    pub fn open_from(&self, status: i64) -> impl Iterator<Item = &Transition> {
        self.transitions.iter().filter(move |t| {
            if t.from.is_empty() { t.to != status } else { t.from.contains(&status) }
        })
    }

    /// Type of `status` here.
    pub fn status_type(&self, status: i64) -> Option<StatusType> {
        self.steps.iter().find(|s| s.status == status).map(|s| s.status_type)
    }
}

impl Body for Workflow {
    const KIND: Kind = Kind::Workflow;
    const PATH: &'static str = "workflows";
    const KEYED: bool = false;
    const SELF_BY_KEY: bool = true;
    fn name(&self) -> Name {
        self.name.clone()
    }
}

/// A group or department.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Group {
    /// Displayed name.
    pub name: Name,
    /// Parent group.
    pub parent: Option<i64>,
}

impl Body for Group {
    const KIND: Kind = Kind::Group;
    const PATH: &'static str = "groups";
    const KEYED: bool = false;
    fn name(&self) -> Name {
        self.name.clone()
    }
}

/// Id of the group that holds everybody (permissions.md, 2.3).
pub const EVERYBODY: i64 = 0;

/// A member of the organisation. The object id is the account's uid.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Member {
    /// Login.
    pub login: String,
    /// Given name.
    pub first_name: Name,
    /// Family name.
    pub last_name: Name,
    /// Mail address.
    pub email: String,
    /// Job title.
    pub position: Name,
    /// Identifier in the cloud name space.
    pub cloud_uid: String,
    /// Administrator of the organisation.
    pub admin: bool,
    /// Full access; otherwise the member may only read.
    pub full: bool,
    /// No longer in the organisation.
    pub dismissed: bool,
    /// Groups the member is in, besides everybody.
    pub groups: Vec<i64>,
    /// Language chosen by the member.
    pub language: Option<String>,
}

impl Body for Member {
    const KIND: Kind = Kind::Member;
    const PATH: &'static str = "users";
    const KEYED: bool = false;
    fn name(&self) -> Name {
        let join = |a: &str, b: &str| format!("{a} {b}").trim().to_owned();
        let name = Name {
            ru: join(&self.first_name.ru, &self.last_name.ru),
            en: join(&self.first_name.en, &self.last_name.en),
        };
        if name.ru.is_empty() && name.en.is_empty() {
            return Name::new(&self.login, &self.login);
        }
        name
    }
    /// Newer answers of the real service name these two (real-samples, 1).
    fn more(&self, id: i64) -> Vec<(&'static str, Value)> {
        vec![("cloudUid", self.cloud_uid.as_str().into()), ("passportUid", id.into())]
    }
}

/// Roles a user may hold on an issue or queue (permissions.md, 2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it all")]
pub enum Role {
    Author,
    Assignee,
    Follower,
    Access,
    QueueLead,
    TeamMember,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 6] = [
        Self::Author,
        Self::Assignee,
        Self::Follower,
        Self::Access,
        Self::QueueLead,
        Self::TeamMember,
    ];

    /// Id on the wire.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Author => "author",
            Self::Assignee => "assignee",
            Self::Follower => "follower",
            Self::Access => "access",
            Self::QueueLead => "queue-lead",
            Self::TeamMember => "team-member",
        }
    }

    /// Displayed name.
    pub fn name(self) -> Name {
        match self {
            Self::Author => Name::new("Автор", "Author"),
            Self::Assignee => Name::new("Исполнитель", "Assignee"),
            Self::Follower => Name::new("Наблюдатель", "Follower"),
            Self::Access => Name::new("Доступ", "Access"),
            Self::QueueLead => Name::new("Владелец очереди", "Queue owner"),
            Self::TeamMember => Name::new("Участник команды", "Team member"),
        }
    }
}

/// Holders of one permission.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Subjects {
    /// Accounts.
    pub users: Vec<i64>,
    /// Groups; [`EVERYBODY`] is one.
    pub groups: Vec<i64>,
    /// Roles.
    pub roles: Vec<Role>,
}

impl Subjects {
    /// Whether nobody is named.
    pub fn is_empty(&self) -> bool {
        self.users.is_empty() && self.groups.is_empty() && self.roles.is_empty()
    }
}

/// The four permissions and the deny list (permissions.md, 2).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Permissions {
    /// Grows by one with each change of the rules.
    pub version: i64,
    /// Create issues.
    pub create: Subjects,
    /// Read issues and comment on them.
    pub read: Subjects,
    /// Edit issues.
    pub write: Subjects,
    /// Change settings.
    pub grant: Subjects,
    /// Refused whatever the others say.
    pub deny: Subjects,
}

/// An issue type of a queue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TypeConfig {
    /// The type.
    pub issue_type: i64,
    /// Its workflow.
    pub workflow: i64,
    /// Resolutions an issue of the type may get.
    pub resolutions: Vec<i64>,
}

/// A queue. The key is its key.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_excessive_bools, reason = "the wire has them")]
pub struct Queue {
    /// Displayed name.
    pub name: String,
    /// Description.
    pub description: String,
    /// Owner.
    pub lead: i64,
    /// New issues go to the owner.
    pub assign_auto: bool,
    /// People from outside may be named.
    pub allow_externals: bool,
    /// Voting is off.
    pub deny_voting: bool,
    /// Type of an issue created without one.
    pub default_type: i64,
    /// Priority of an issue created without one.
    pub default_priority: i64,
    /// Issue types.
    pub types: Vec<TypeConfig>,
    /// Team.
    pub team: Vec<i64>,
    /// Rights.
    pub permissions: Permissions,
    /// Text shown to whoever is refused.
    pub denied_message: String,
    /// Hidden; can be restored.
    pub deleted: bool,
}

impl Queue {
    /// Settings of an issue type.
    pub fn type_config(&self, issue_type: i64) -> Option<&TypeConfig> {
        self.types.iter().find(|t| t.issue_type == issue_type)
    }
}

impl Body for Queue {
    const KIND: Kind = Kind::Queue;
    const PATH: &'static str = "queues";
    const SELF_BY_KEY: bool = true;
    fn name(&self) -> Name {
        Name::new(&self.name, "")
    }
}

/// A component of a queue.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Component {
    /// Queue.
    pub queue: i64,
    /// Name.
    pub name: String,
    /// Description.
    pub description: String,
    /// Responsible person.
    pub lead: Option<i64>,
    /// New issues with the component go to its lead.
    pub assign_auto: bool,
    /// No longer offered.
    pub archived: bool,
    /// Rules that replace the queue's for issues with the component.
    pub permissions: Option<Permissions>,
}

impl Body for Component {
    const KIND: Kind = Kind::Component;
    const PATH: &'static str = "components";
    const KEYED: bool = false;
    fn name(&self) -> Name {
        Name::new(&self.name, "")
    }
}

/// A version of a queue.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Version {
    /// Queue.
    pub queue: i64,
    /// Name.
    pub name: String,
    /// Description.
    pub description: String,
    /// First day.
    pub start: Option<i32>,
    /// Planned last day.
    pub due: Option<i32>,
    /// When it was released, in ms.
    pub released_at: Option<i64>,
    /// Released.
    pub released: bool,
    /// Archived: cannot be newly assigned.
    pub archived: bool,
}

impl Body for Version {
    const KIND: Kind = Kind::Version;
    const PATH: &'static str = "versions";
    const KEYED: bool = false;
    fn name(&self) -> Name {
        Name::new(&self.name, "")
    }
}

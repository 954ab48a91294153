//! What the generators hand out. People, queues and issues refer to each other by index.

/// Language of a text or of a person's interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Russian.
    Ru,
    /// English.
    En,
}

/// A department; made a user group by the importer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Engineers and testers.
    Development,
    /// Customer support.
    Support,
    /// Marketing and design.
    Marketing,
    /// Product and company management.
    Management,
}

impl Group {
    /// All departments.
    pub const ALL: [Self; 4] =
        [Self::Development, Self::Support, Self::Marketing, Self::Management];

    /// The department's name.
    pub const fn name(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Development, Language::Ru) => "Разработка",
            (Self::Development, Language::En) => "Development",
            (Self::Support, Language::Ru) => "Поддержка",
            (Self::Support, Language::En) => "Support",
            (Self::Marketing, Language::Ru) => "Маркетинг",
            (Self::Marketing, Language::En) => "Marketing",
            (Self::Management, Language::Ru) => "Управление",
            (Self::Management, Language::En) => "Management",
        }
    }
}

/// What a person may do in the organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Administrator with full access.
    Admin,
    /// Full access.
    Full,
    /// May read only: never an author, assignee or commenter, but may follow.
    ReadOnly,
}

/// A text in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bilingual {
    /// Russian.
    pub ru: &'static str,
    /// English.
    pub en: &'static str,
}

impl Bilingual {
    /// The text in one of the languages.
    pub const fn get(self, language: Language) -> &'static str {
        match language {
            Language::Ru => self.ru,
            Language::En => self.en,
        }
    }
}

/// An employee.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    /// Login, unique in the company.
    pub login: &'static str,
    /// First name.
    pub first: Bilingual,
    /// Last name.
    pub last: Bilingual,
    /// Job position.
    pub position: Bilingual,
    /// Department.
    pub group: Group,
    /// Access level.
    pub level: Level,
    /// Interface language; an English speaker takes no part in Russian issues.
    pub language: Language,
    /// Selects the verb forms of Russian texts.
    pub female: bool,
}

impl Person {
    /// E-mail address at a domain reserved for examples.
    pub fn email(&self) -> String {
        format!("{}@barge.example", self.login)
    }
}

/// A component of a queue.
#[derive(Clone, Copy, Debug)]
pub struct ComponentSeed {
    /// Name, unique in the queue.
    pub name: &'static str,
    /// What belongs to it.
    pub description: &'static str,
    /// Login of the lead.
    pub lead: &'static str,
    /// New issues go to the lead.
    pub assign_auto: bool,
}

/// A version of a queue. Set the flags after the issues are made: an archived version cannot be
/// newly assigned.
#[derive(Clone, Copy, Debug)]
pub struct VersionSeed {
    /// Name, unique in the queue.
    pub name: &'static str,
    /// What the version is about.
    pub description: &'static str,
    /// First day, in days from now (negative = past).
    pub start_day: i32,
    /// Due day, in days from now.
    pub due_day: i32,
    /// Already released.
    pub released: bool,
    /// Archived.
    pub archived: bool,
}

/// A queue with its settings.
#[derive(Clone, Copy, Debug)]
pub struct QueueSeed {
    /// Queue key.
    pub key: &'static str,
    /// Name.
    pub name: Bilingual,
    /// Description.
    pub description: Bilingual,
    /// Preset workflow id, as sent when a queue is made.
    pub workflow: &'static str,
    /// Login of the lead.
    pub lead: &'static str,
    /// Logins of the team.
    pub team: &'static [&'static str],
    /// Issue type keys; the first is the default.
    pub types: &'static [&'static str],
    /// Resolutions offered on closing.
    pub resolutions: &'static [&'static str],
    /// Key of the default priority.
    pub default_priority: &'static str,
    /// Components; issues name them by index here.
    pub components: &'static [ComponentSeed],
    /// Versions; issues name them by index here.
    pub versions: &'static [VersionSeed],
}

/// The whole company but its issues.
#[derive(Clone, Copy, Debug)]
pub struct Company {
    /// Name of the organisation.
    pub name: Bilingual,
    /// What it makes.
    pub about: Bilingual,
    /// Everybody; the first is the administrator.
    pub people: &'static [Person],
    /// The queues.
    pub queues: &'static [QueueSeed],
}

impl Company {
    /// Index of the person with this login.
    pub fn person(&self, login: &str) -> Option<usize> {
        self.people.iter().position(|p| p.login == login)
    }
}

/// How an issue is linked to an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkKind {
    /// Common topic.
    Relates,
    /// This issue waits for the other.
    DependsOn,
    /// The other issue waits for this one.
    IsDependentBy,
    /// The same matter was reported before.
    Duplicates,
}

impl LinkKind {
    /// The API's `relationship` value.
    pub const fn relationship(self) -> &'static str {
        match self {
            Self::Relates => "relates",
            Self::DependsOn => "depends on",
            Self::IsDependentBy => "is dependent by",
            Self::Duplicates => "duplicates",
        }
    }
}

/// A link to an earlier issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkSeed {
    /// Relation of this issue to the target.
    pub kind: LinkKind,
    /// Index of the target; always smaller than the issue's own.
    pub target: usize,
}

/// A transition to execute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepSeed {
    /// Transition id.
    pub transition: &'static str,
    /// Key of the status it leads to.
    pub to: &'static str,
    /// Index of the person who does it.
    pub actor: usize,
    /// Minutes after the issue's creation.
    pub after: u32,
    /// Resolution to set; present on `close` and `resolve`.
    pub resolution: Option<&'static str>,
}

/// A comment to add.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommentSeed {
    /// Index of the author.
    pub author: usize,
    /// Text.
    pub text: String,
    /// Minutes after the issue's creation.
    pub after: u32,
    /// Indices of summoned people.
    pub summon: Vec<usize>,
}

/// One issue with its whole life until now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueSeed {
    /// Index of the queue.
    pub queue: usize,
    /// Number in the queue when the queue was empty before and issues are made in order; texts
    /// mention issues by such keys.
    pub number: u32,
    /// Language of the texts.
    pub language: Language,
    /// Issue type key.
    pub kind: &'static str,
    /// Priority key.
    pub priority: &'static str,
    /// Summary, at most 255 characters.
    pub summary: String,
    /// Description, partly Markdown.
    pub description: String,
    /// Tags.
    pub tags: Vec<&'static str>,
    /// Indices of components in the queue.
    pub components: Vec<usize>,
    /// Indices of fix versions in the queue.
    pub fix_versions: Vec<usize>,
    /// Indices of affected versions in the queue.
    pub affected_versions: Vec<usize>,
    /// Index of the author.
    pub author: usize,
    /// Index of the assignee.
    pub assignee: Option<usize>,
    /// Indices of followers.
    pub followers: Vec<usize>,
    /// Story points.
    pub story_points: Option<u32>,
    /// Original estimation in minutes.
    pub estimation: Option<u32>,
    /// Start date, in days from now.
    pub start_day: Option<i32>,
    /// End date, in days from now.
    pub end_day: Option<i32>,
    /// Deadline, in days from now.
    pub deadline_day: Option<i32>,
    /// Creation, in minutes before now.
    pub created_ago: u32,
    /// Index of the parent issue.
    pub parent: Option<usize>,
    /// Index of the epic.
    pub epic: Option<usize>,
    /// Links to earlier issues; parent and epic are not repeated here.
    pub links: Vec<LinkSeed>,
    /// Transitions in order of time.
    pub steps: Vec<StepSeed>,
    /// Comments in order of time.
    pub comments: Vec<CommentSeed>,
}

/// What happens to an issue after its creation.
#[derive(Clone, Copy, Debug)]
pub enum Action<'a> {
    /// A transition is executed.
    Step(&'a StepSeed),
    /// A comment is added.
    Comment(&'a CommentSeed),
}

impl IssueSeed {
    /// Status key at the end of the path.
    pub fn status(&self) -> &'static str {
        self.steps.last().map_or("open", |s| s.to)
    }

    /// Steps and comments merged, each with its minutes after creation, in order of time.
    pub fn timeline(&self) -> Vec<(u32, Action<'_>)> {
        let steps = self.steps.iter().map(|s| (s.after, Action::Step(s)));
        let comments = self.comments.iter().map(|c| (c.after, Action::Comment(c)));
        let mut all: Vec<_> = steps.chain(comments).collect();
        all.sort_by_key(|(after, _)| *after);
        all
    }
}

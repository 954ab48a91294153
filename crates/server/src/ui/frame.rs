//! What is around every page: head, navigation, language.

#![expect(clippy::needless_pass_by_value, reason = "call sites hand over texts of every kind")]

use askama::Template;
use trackway_core::lang::Lang;
use trackway_core::{Error, Result};

use super::assets;
use super::call::Call;
use super::form::Form;
use super::reply::Reply;
use super::text::Texts;

/// What the frame shows.
pub(crate) struct Frame {
    pub(crate) lang: &'static str,
    pub(crate) title: String,
    pub(crate) css: &'static str,
    pub(crate) icon: &'static str,
    pub(crate) copy: &'static str,
    pub(crate) csrf: String,
    /// Path of this page, to come back to after the language was changed.
    pub(crate) here: String,
    /// Who is signed in.
    pub(crate) user: Option<String>,
    pub(crate) nav: Vec<NavGroup>,
    /// Something that was done a moment ago.
    pub(crate) done: String,
}

/// Links under a heading.
pub(crate) struct NavGroup {
    pub(crate) heading: String,
    pub(crate) links: Vec<NavLink>,
}

/// A link of the navigation.
pub(crate) struct NavLink {
    pub(crate) href: String,
    pub(crate) label: String,
    pub(crate) here: bool,
}

impl Frame {
    /// The frame of a page.
    ///
    /// # Errors
    /// There are no random numbers.
    pub(crate) fn new(call: &Call<'_>, title: impl ToString) -> Result<Self> {
        let path = call.parts.uri.path();
        let here = call.parts.uri.path_and_query().map_or(path, http::uri::PathAndQuery::as_str);
        let lang = call.lang;
        Ok(Self {
            lang: lang.tag(),
            title: title.to_string(),
            css: &assets::STYLE.path,
            icon: &assets::ICON.path,
            copy: &assets::COPY.path,
            csrf: call.token()?,
            here: super::call::local_path(here).unwrap_or("/").to_owned(),
            user: call.signed.as_ref().map(|s| s.person.name.get(lang).to_owned()),
            nav: nav(call, path),
            done: call.t.done(call.query.get("done")).to_owned(),
        })
    }
}

fn nav(call: &Call<'_>, path: &str) -> Vec<NavGroup> {
    let Some(signed) = &call.signed else { return Vec::new() };
    let t = call.t;
    let link = |href: &str, label: &dyn ToString| NavLink {
        href: href.to_owned(),
        label: label.to_string(),
        here: path == href || (href.len() > 1 && path.starts_with(&format!("{href}/"))),
    };
    let mut groups = vec![
        NavGroup {
            heading: t.nav_you.to_string(),
            links: vec![
                link("/settings/profile", &t.profile),
                link("/settings/security", &t.security),
                link("/settings/sessions", &t.sessions),
                link("/settings/applications", &t.access),
                link("/settings/tokens", &t.tokens),
            ],
        },
        NavGroup {
            heading: t.nav_programs.to_string(),
            links: vec![
                NavLink { here: path.starts_with("/client"), ..link("/client/my", &t.my_apps) },
                link("/device", &t.device),
                link("/help/api", &t.help_api),
            ],
        },
    ];
    for dict in &signed.person.orgs {
        let root = format!("/admin/orgs/{}", dict.org.org_id);
        let admin = signed.person.actor(dict).is_some_and(|actor| actor.admin);
        let mut links = vec![NavLink { here: path == root, ..link(&root, &t.org_settings) }];
        links.push(link(&format!("{root}/members"), &t.members));
        if admin {
            links.push(link(&format!("{root}/groups"), &t.groups));
            links.push(link(&format!("{root}/services"), &t.services));
        }
        groups.push(NavGroup { heading: dict.org.name.get(call.lang).to_owned(), links });
    }
    if signed.person.administers() {
        groups.push(NavGroup {
            heading: t.server.to_string(),
            links: vec![
                link("/admin/overview", &t.overview),
                link("/admin/users", &t.users),
                link("/admin/applications", &t.all_apps),
                link("/admin/audit", &t.audit),
            ],
        });
    }
    groups
}

/// A link below a card.
pub(crate) struct Link {
    pub(crate) href: String,
    pub(crate) label: String,
}

/// A page with one thing on it.
#[derive(Template)]
#[template(path = "card.html")]
pub(crate) struct Card {
    t: &'static Texts,
    frame: Frame,
    heading: String,
    intro: Vec<String>,
    /// HTML made by another template.
    inside: Vec<String>,
    forms: Vec<Form>,
    after: Vec<Link>,
    wide: bool,
    bare: bool,
    policy: super::reply::Policy,
}

impl Card {
    /// A card with a heading.
    ///
    /// # Errors
    /// There are no random numbers.
    pub(crate) fn new(call: &Call<'_>, heading: impl ToString) -> Result<Self> {
        let heading = heading.to_string();
        Ok(Self::in_frame(call.t, Frame::new(call, &heading)?, heading))
    }

    pub(super) fn in_frame(t: &'static Texts, frame: Frame, heading: String) -> Self {
        Self {
            t,
            frame,
            heading,
            intro: Vec::new(),
            inside: Vec::new(),
            forms: Vec::new(),
            after: Vec::new(),
            wide: false,
            bare: false,
            policy: super::reply::Policy::Own,
        }
    }

    /// A paragraph before the form.
    pub(crate) fn intro(mut self, text: impl ToString) -> Self {
        self.intro.push(text.to_string());
        self
    }

    /// Something made by another template.
    ///
    /// # Errors
    /// The template fails.
    pub(crate) fn inside(mut self, template: &impl Template) -> Result<Self> {
        self.inside.push(render(template)?);
        Ok(self)
    }

    /// A form.
    pub(crate) fn form(mut self, form: Form) -> Self {
        self.forms.push(form);
        self
    }

    /// A link at the end.
    pub(crate) fn link(mut self, href: impl ToString, label: impl ToString) -> Self {
        self.after.push(Link { href: href.to_string(), label: label.to_string() });
        self
    }

    /// More room.
    pub(crate) fn wide(mut self) -> Self {
        self.wide = true;
        self
    }

    /// A page whose address is repeated nowhere on it.
    pub(crate) fn nowhere(mut self) -> Self {
        "/".clone_into(&mut self.frame.here);
        self
    }

    /// Nothing around it that could be sent.
    pub(crate) fn bare(mut self) -> Self {
        self.bare = true;
        self
    }

    /// Another content policy.
    pub(crate) fn policy(mut self, policy: super::reply::Policy) -> Self {
        self.policy = policy;
        self
    }

    /// The answer.
    ///
    /// # Errors
    /// The template fails.
    pub(crate) fn reply(self) -> Result<Reply> {
        let html = render(&self)?;
        Ok(Reply::page(html).policy(self.policy))
    }
}

/// A page of the settings, with the navigation beside it.
#[derive(Template)]
#[template(path = "panel.html")]
pub(crate) struct Panel {
    t: &'static Texts,
    frame: Frame,
    heading: String,
    /// Why something was refused.
    wrong: String,
    intro: Vec<String>,
    action: Option<Link>,
    sections: Vec<Section>,
}

/// A part of a panel.
#[derive(Default)]
pub(crate) struct Section {
    heading: String,
    id: String,
    intro: Vec<String>,
    /// HTML made by other templates.
    inside: Vec<String>,
    forms: Vec<Form>,
    /// HTML after the forms.
    after: Vec<String>,
    danger: bool,
}

impl Section {
    /// A section with a heading.
    pub(crate) fn new(id: impl ToString, heading: impl ToString) -> Self {
        Self { heading: heading.to_string(), id: id.to_string(), ..Self::default() }
    }

    /// A paragraph.
    pub(crate) fn intro(mut self, text: impl ToString) -> Self {
        self.intro.push(text.to_string());
        self
    }

    /// Something made by another template.
    ///
    /// # Errors
    /// The template fails.
    pub(crate) fn inside(mut self, template: &impl Template) -> Result<Self> {
        self.inside.push(render(template)?);
        Ok(self)
    }

    /// A form.
    pub(crate) fn form(mut self, form: Form) -> Self {
        self.forms.push(form);
        self
    }

    /// Something made by another template, after the forms.
    ///
    /// # Errors
    /// The template fails.
    pub(crate) fn after(mut self, template: &impl Template) -> Result<Self> {
        self.after.push(render(template)?);
        Ok(self)
    }

    /// Set apart: what cannot be undone.
    pub(crate) fn danger(mut self) -> Self {
        self.danger = true;
        self
    }
}

impl Panel {
    /// A panel with a heading.
    ///
    /// # Errors
    /// There are no random numbers.
    pub(crate) fn new(call: &Call<'_>, heading: impl ToString) -> Result<Self> {
        let heading = heading.to_string();
        Ok(Self {
            t: call.t,
            frame: Frame::new(call, &heading)?,
            heading,
            wrong: String::new(),
            intro: Vec::new(),
            action: None,
            sections: Vec::new(),
        })
    }

    /// A paragraph under the heading.
    pub(crate) fn intro(mut self, text: impl ToString) -> Self {
        self.intro.push(text.to_string());
        self
    }

    /// Says why something was refused, where no field stands for it.
    pub(crate) fn refused(mut self, call: &Call<'_>, error: &Error) -> Self {
        self.wrong = call.told(error);
        self
    }

    /// The one thing to do from here.
    pub(crate) fn action(mut self, href: impl ToString, label: impl ToString) -> Self {
        self.action = Some(Link { href: href.to_string(), label: label.to_string() });
        self
    }

    /// Adds a section.
    pub(crate) fn section(mut self, section: Section) -> Self {
        self.sections.push(section);
        self
    }

    /// The answer.
    ///
    /// # Errors
    /// The template fails.
    pub(crate) fn reply(self) -> Result<Reply> {
        Ok(Reply::page(render(&self)?))
    }
}

/// Writes a template.
///
/// # Errors
/// The template fails.
pub(crate) fn render(template: &impl Template) -> Result<String> {
    template.render().map_err(Error::internal)
}

/// How an instant is shown: a day and a time in a time zone, with the name of the latter.
pub(crate) fn when(at: i64, lang: Lang, zone: &jiff::tz::TimeZone) -> String {
    const RU: [&str; 12] = [
        "янв.",
        "февр.",
        "марта",
        "апр.",
        "мая",
        "июня",
        "июля",
        "авг.",
        "сент.",
        "окт.",
        "нояб.",
        "дек.",
    ];
    const EN: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let Ok(stamp) = jiff::Timestamp::from_millisecond(at) else { return String::new() };
    let time = zone.to_datetime(stamp);
    let offset = zone.to_offset_info(stamp);
    let names = if lang == Lang::Ru { RU } else { EN };
    let month = usize::try_from(time.month() - 1).ok().and_then(|i| names.get(i).copied());
    let (day, month, year) = (time.day(), month.unwrap_or_default(), time.year());
    let (hour, minute) = (time.hour(), time.minute());
    format!("{day} {month} {year}, {hour:02}:{minute:02} {}", offset.abbreviation())
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    #[test]
    fn times_are_those_of_a_zone() {
        let at = 1_772_445_600_000;
        assert_eq!(when(at, Lang::En, &TimeZone::UTC), "2 Mar 2026, 10:00 UTC");
        let ural = TimeZone::get("Asia/Yekaterinburg").expect("a zone");
        assert_eq!(when(at, Lang::Ru, &ural), "2 марта 2026, 15:00 +05");
    }
}

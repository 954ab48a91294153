//! Which server a command speaks to, and as whom.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use clap::Args;
use clap::builder::PossibleValuesParser;
use trackway_client::{Builder, CLOUD_URL, Tracker};

use crate::config::Profile;
use crate::failure::{Failure, Kind};

const ORG_ID: &str = "TRACKWAY_ORG_ID";
const CLOUD_ORG_ID: &str = "TRACKWAY_CLOUD_ORG_ID";

/// Flags of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Server")]
pub(crate) struct Target {
    /// Where the server is, without /v2 or /v3.
    #[arg(
        long,
        visible_alias = "server",
        value_name = "URL",
        global = true,
        env = "TRACKWAY_BASE_URL"
    )]
    pub(crate) base_url: Option<String>,
    /// Profile of the configuration.
    #[arg(short = 'P', long, value_name = "NAME", global = true, env = "TRACKWAY_PROFILE")]
    pub(crate) profile: Option<String>,
    /// OAuth token. Better in the environment, where other users cannot see it.
    #[arg(long, global = true, env = "TRACKWAY_TOKEN", hide_env_values = true)]
    token: Option<Token>,
    // The organisation is not read from the environment by clap, because a flag of one form must
    // win over a variable of the other.
    /// Organisation by its numeric id [env: TRACKWAY_ORG_ID].
    #[arg(
        long,
        visible_alias = "org",
        value_name = "ID",
        global = true,
        conflicts_with = "cloud_org_id"
    )]
    pub(crate) org_id: Option<String>,
    /// Organisation by its cloud id [env: TRACKWAY_CLOUD_ORG_ID].
    #[arg(long, value_name = "ID", global = true)]
    pub(crate) cloud_org_id: Option<String>,
    /// Language of help, of names and of the server's messages; by default that of the system.
    #[arg(long, global = true, env = "TRACKWAY_LANG",
        value_parser = PossibleValuesParser::new(["en", "ru"]))]
    lang: Option<String>,
    /// Time limit of a request, as 30s or 2m.
    #[arg(long, value_name = "TIME", value_parser = time_limit, global = true)]
    timeout: Option<Duration>,
    /// How often a request that failed is repeated, where that is safe.
    #[arg(long, value_name = "N", global = true)]
    retries: Option<u32>,
}

/// A stretch of time in seconds or minutes.
pub(crate) fn time_limit(text: &str) -> Result<Duration, String> {
    let number = text.trim_end_matches(['s', 'm']);
    let number: u64 = number.parse().map_err(|_| format!("{text:?} is no time, as 30s or 2m"))?;
    Ok(Duration::from_secs(if text.ends_with('m') { number * 60 } else { number }))
}

impl Target {
    /// The settings of a client; `variable` looks up variables of the environment.
    ///
    /// # Errors
    /// Usage: no organisation can be chosen.
    pub(crate) fn builder(
        &self,
        variable: impl Fn(&str) -> Option<String>,
        profile: Option<&Profile>,
    ) -> Result<Builder, Failure> {
        let own_server = variable("TRACKWAY_SERVER").filter(|url| !url.trim().is_empty());
        let server = self.base_url.clone().or(own_server);
        // A token belongs to the server it was given for.
        let profile_fits = server.is_none();
        let profile = profile.filter(|_| profile_fits);
        let server = server.or_else(|| profile.and_then(|p| p.server.clone()));
        let mut builder = Tracker::builder()
            .base_url(server.as_deref().unwrap_or(CLOUD_URL))
            .user_agent(concat!("trackway/", env!("CARGO_PKG_VERSION")));
        let given = self.token.as_ref().map(|Token(token)| token.clone());
        let token = given
            .filter(|token| !token.is_empty())
            .or_else(|| token_file(&variable))
            .or_else(|| profile.and_then(|p| p.token().map(str::to_owned)));
        if token.is_none() && server.is_none() {
            return Err(Failure::new(Kind::SignIn, "nobody is signed in")
                .hint("trackway auth login https://tracker.example.org"));
        }
        if let Some(limit) = self.timeout {
            builder = builder.timeout(limit).connect_timeout(limit);
        }
        if let Some(retries) = self.retries {
            builder = builder.retries(retries);
        }
        if let Some(token) = token {
            builder = builder.token(token);
        }
        match self.organisation(&variable)? {
            Some(Organisation::Numeric(id)) => builder = builder.org_id(id),
            Some(Organisation::Cloud(id)) => builder = builder.cloud_org_id(id),
            None => match profile.and_then(|p| p.org_id.clone().map(|id| (p.cloud, id))) {
                Some((true, id)) => builder = builder.cloud_org_id(id),
                Some((false, id)) => builder = builder.org_id(id),
                None => {}
            },
        }
        if let Some(language) = self.lang.clone().or_else(|| system_language(&variable)) {
            builder = builder.language(language);
        }
        Ok(builder)
    }

    fn organisation(
        &self,
        variable: &impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Organisation>, Failure> {
        let flags = (self.org_id.clone(), self.cloud_org_id.clone());
        let set = |name| variable(name).filter(|id| !id.trim().is_empty());
        let chosen = match flags {
            (None, None) => (set(ORG_ID), set(CLOUD_ORG_ID)),
            flags => flags,
        };
        match chosen {
            (Some(_), Some(_)) => {
                let message = format!("both {ORG_ID} and {CLOUD_ORG_ID} are set");
                let hint = "unset one of them, or choose with --org-id or --cloud-org-id";
                Err(Failure::new(Kind::Usage, message).hint(hint))
            }
            (Some(id), None) => Ok(Some(Organisation::Numeric(id))),
            (None, Some(id)) => Ok(Some(Organisation::Cloud(id))),
            (None, None) => Ok(None),
        }
    }
}

/// The token in the file that `TRACKWAY_TOKEN_FILE` names.
fn token_file(variable: &impl Fn(&str) -> Option<String>) -> Option<String> {
    let path = variable("TRACKWAY_TOKEN_FILE").filter(|path| !path.is_empty())?;
    let token = std::fs::read_to_string(path).ok()?;
    Some(token.trim().to_owned()).filter(|token| !token.is_empty())
}

#[derive(Debug, PartialEq, Eq)]
enum Organisation {
    Numeric(String),
    Cloud(String),
}

/// `ru` or `en` if the system's locale is in one of them; otherwise the server chooses.
fn system_language(variable: &impl Fn(&str) -> Option<String>) -> Option<String> {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(|name| variable(name).filter(|value| !value.is_empty()))?;
    let language = locale.split(['_', '.', '-']).next()?.to_ascii_lowercase();
    matches!(language.as_str(), "ru" | "en").then_some(language)
}

/// The language that the environment asks for, where there are no flags to do so.
pub(crate) fn environment_language() -> Option<String> {
    let variable = |name: &str| std::env::var(name).ok();
    let asked =
        variable("TRACKWAY_LANG").filter(|language| matches!(language.as_str(), "en" | "ru"));
    asked.or_else(|| system_language(&variable))
}

/// A token, which is never printed.
#[derive(Clone)]
struct Token(String);

impl FromStr for Token {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.trim().to_owned()))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        target: Target,
    }

    fn target(flags: &[&str]) -> Target {
        Line::try_parse_from([&["x"], flags].concat()).expect("good flags").target
    }

    fn variables(name: &str) -> Option<String> {
        match name {
            ORG_ID => Some("7".to_owned()),
            CLOUD_ORG_ID => Some(" ".to_owned()),
            "LC_ALL" => Some(String::new()),
            "LANG" => Some("ru_RU.UTF-8".to_owned()),
            _ => None,
        }
    }

    #[test]
    fn a_flag_wins_over_the_environment() {
        let chosen = |flags: &[&str]| target(flags).organisation(&variables).expect("one");
        assert_eq!(chosen(&[]), Some(Organisation::Numeric("7".to_owned())));
        let cloud = Some(Organisation::Cloud("bpf".to_owned()));
        assert_eq!(chosen(&["--cloud-org-id", "bpf"]), cloud);
        assert_eq!(target(&[]).organisation(&|_| None).expect("none is fine"), None);
        let both = target(&[]).organisation(&|_| Some("1".to_owned())).expect_err("both");
        assert_eq!(both.kind(), Kind::Usage);
        assert!(Line::try_parse_from(["x", "--org-id", "1", "--cloud-org-id", "2"]).is_err());
    }

    #[test]
    fn the_locale_gives_the_language() {
        assert_eq!(system_language(&variables).as_deref(), Some("ru"));
        assert_eq!(system_language(&|_| Some("C.UTF-8".to_owned())), None);
        assert!(Line::try_parse_from(["x", "--lang", "de"]).is_err());
    }

    #[test]
    fn the_token_is_never_printed() {
        let target = target(&["--token", "y0_secret"]);
        assert!(!format!("{target:?}").contains("secret"));
        let builder = target.builder(|_| None, None).expect("good settings");
        assert!(!format!("{builder:?}").contains("secret"));
    }
}

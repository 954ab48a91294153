//! Pictures of issues in terminals that draw them: by the protocol of kitty or by that of iTerm2.

use std::fmt::Write;

use data_encoding::BASE64;
use serde_json::Value;
use trackway_client::api::attachments::GetThumbnail;

use crate::failure::Failure;
use crate::session::Session;
use crate::shape::cell;

/// Pictures that are drawn at most.
const MOST: usize = 10;
/// Letters of a piece of a picture, as the protocol of kitty wants it.
const PIECE: usize = 4096;
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// How a terminal draws pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protocol {
    Kitty,
    Iterm,
}

impl Protocol {
    /// That of the terminal of this environment; none where it does not say that it can. Within a
    /// multiplexer nothing is drawn: it would draw in the wrong place.
    fn of(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
        if set("TMUX") || set("STY") {
            return None;
        }
        match variable("TERM_PROGRAM").as_deref() {
            Some("iTerm.app" | "WezTerm" | "mintty") => return Some(Self::Iterm),
            Some("ghostty") => return Some(Self::Kitty),
            _ => {}
        }
        let term = variable("TERM").unwrap_or_default();
        (set("KITTY_WINDOW_ID") || term == "xterm-kitty" || term == "xterm-ghostty")
            .then_some(Self::Kitty)
    }

    /// What makes a terminal draw a picture; none where it cannot draw one of its kind.
    fn drawn(self, picture: &[u8]) -> Option<String> {
        let text = BASE64.encode(picture);
        match self {
            Self::Iterm => Some(format!(
                "\u{1b}]1337;File=inline=1;size={};preserveAspectRatio=1:{text}\u{7}",
                picture.len()
            )),
            Self::Kitty if picture.starts_with(PNG) => Some(pieces(&text)),
            Self::Kitty => None,
        }
    }
}

/// A picture in pieces, each of which says whether more follow.
fn pieces(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    let mut head = "a=T,f=100,";
    while !rest.is_empty() {
        // It is ASCII, so that any place is between letters.
        let (piece, after) = rest.split_at(rest.len().min(PIECE));
        let more = u8::from(!after.is_empty());
        // Strings take everything.
        write!(out, "\u{1b}_G{head}m={more};{piece}\u{1b}\\").ok();
        head = "";
        rest = after;
    }
    out
}

/// Draws the pictures among the files of an issue, or names them where the terminal cannot.
pub(super) async fn show(key: &str, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    let files = session.whole(&Session::at("/issues/{key}/attachments", &[key]), &[]).await?;
    let pictures: Vec<&Value> = files.iter().filter(|file| is_picture(file)).collect();
    let protocol = Protocol::of(|name| std::env::var(name).ok());
    let protocol = protocol.filter(|_| session.output.is_terminal());
    for file in pictures.iter().take(MOST) {
        let (id, name) = (cell(file.get("id")), cell(file.get("name")));
        let size = cell(file["metadata"].get("size"));
        session.output.text(format!("\n{name}  {size}").trim_end())?;
        let Some(protocol) = protocol.filter(|_| file.get("thumbnail").is_some()) else { continue };
        let mut small = Vec::new();
        let request = GetThumbnail::new(key, &*id);
        session.tracker.download(request, &mut small, |_| {}).await?;
        if let Some(drawn) = protocol.drawn(&small) {
            session.output.escape(&drawn)?;
        }
    }
    if pictures.len() > MOST {
        session.output.remark(&format!("{MOST} of {} pictures", pictures.len()));
    }
    Ok(())
}

fn is_picture(file: &Value) -> bool {
    file["mimetype"].as_str().is_some_and(|kind| kind.starts_with("image/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(pairs: &[(&'static str, &'static str)]) -> Option<Protocol> {
        Protocol::of(|name| {
            let found = pairs.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn terminals_say_what_they_can_draw() {
        assert_eq!(with(&[("TERM", "xterm-kitty")]), Some(Protocol::Kitty));
        assert_eq!(with(&[("TERM_PROGRAM", "iTerm.app")]), Some(Protocol::Iterm));
        assert_eq!(with(&[("TERM", "xterm-256color")]), None);
        assert_eq!(with(&[("TERM", "xterm-kitty"), ("TMUX", "/tmp/x")]), None);
    }

    #[test]
    fn pictures_are_sent_in_pieces() {
        let picture = [PNG, &[7_u8; 6000]].concat();
        let drawn = Protocol::Kitty.drawn(&picture).expect("a PNG");
        assert_eq!(drawn.matches("\u{1b}_G").count(), 2);
        assert!(drawn.starts_with("\u{1b}_Ga=T,f=100,m=1;"), "{drawn}");
        assert!(drawn.contains("\u{1b}\\\u{1b}_Gm=0;") && drawn.ends_with("\u{1b}\\"));
        assert_eq!(Protocol::Kitty.drawn(b"GIF89a"), None);
        let drawn = Protocol::Iterm.drawn(b"GIF89a").expect("any kind");
        assert_eq!(drawn, "\u{1b}]1337;File=inline=1;size=6;preserveAspectRatio=1:R0lGODlh\u{7}");
    }
}

//! Sending letters. `core` says what is in them; how they look stands in the templates `letter.txt`
//! and `letter.html`.

use std::time::Duration;

use askama::Template;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use trackway_core::markup;
use trackway_core::notice::mail::{Letter, Part};

use crate::config::Mail;

/// How long a server may take over a letter.
const TIMEOUT: Duration = Duration::from_secs(40);

/// Hands letters to an SMTP server.
pub(super) struct Postman {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    /// Address under which people reach the server.
    pub(super) base: String,
}

/// A letter as plain text.
#[derive(Template)]
#[template(path = "letter.txt")]
struct Plain<'a> {
    letter: &'a Letter,
    /// Where letters can be switched off.
    link: &'a str,
}

/// A letter as HTML.
#[derive(Template)]
#[template(path = "letter.html")]
struct Rich<'a> {
    letter: &'a Letter,
    /// Each part with its texts as safe HTML.
    parts: Vec<(&'a Part, Vec<String>)>,
    link: &'a str,
}

impl<'a> Rich<'a> {
    fn new(letter: &'a Letter, link: &'a str) -> Self {
        let part =
            |part: &'a Part| (part, part.said.iter().map(|said| markup::html(said)).collect());
        Self { letter, parts: letter.parts.iter().map(part).collect(), link }
    }
}

impl Postman {
    /// A postman, unless mail is switched off.
    ///
    /// # Errors
    /// The settings make no sense.
    pub(super) fn new(config: &Mail, base: String) -> Result<Option<Self>, String> {
        if config.is_off() {
            return Ok(None);
        }
        let from = config.from.parse().map_err(|error| format!("server.mail.from: {error}"))?;
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(&config.smtp_url)
            .map_err(|error| format!("server.mail.smtp_url: {error}"))?
            .timeout(Some(TIMEOUT))
            .build();
        Ok(Some(Self { transport, from, base }))
    }

    /// Sends a letter. An error says whether another attempt may help.
    pub(super) async fn send(&self, letter: &Letter) -> Result<(), (String, bool)> {
        let message = self.message(letter).map_err(|error| (error, false))?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) => {
                let retry = !error.is_permanent();
                Err((error.to_string(), retry))
            }
        }
    }

    fn message(&self, letter: &Letter) -> Result<Message, String> {
        let text = |error: &dyn std::fmt::Display| error.to_string();
        let address: Address = letter.to.parse().map_err(|error| text(&error))?;
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new((!letter.name.is_empty()).then(|| letter.name.clone()), address))
            .subject(letter.subject.clone())
            .message_id(Some(format!("<{}@trackway>", letter.id)));
        if let Some(thread) = &letter.thread {
            let id = format!("<{thread}@trackway>");
            message = message.references(id.clone()).in_reply_to(id);
        }
        let mut headers = vec![("Auto-Submitted", "auto-generated".to_owned())];
        let mut link = String::new();
        if !letter.unsubscribe.is_empty() {
            link = format!("{}/unsubscribe/{}", self.base, letter.unsubscribe);
            headers.push(("List-Unsubscribe", format!("<{link}>")));
            headers.push(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
        }
        headers.extend(letter.headers.iter().cloned());
        for (name, value) in headers {
            let name = HeaderName::new_from_ascii_str(name);
            message = message.raw_header(HeaderValue::new(name, value));
        }
        let plain = Plain { letter, link: &link }.render().map_err(|error| text(&error))?;
        let rich = Rich::new(letter, &link).render().map_err(|error| text(&error))?;
        message
            .multipart(MultiPart::alternative_plain_html(plain, rich))
            .map_err(|error| text(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_has_what_mail_programs_look_for() {
        let config = Mail {
            smtp_url: "smtp://127.0.0.1:1".to_owned(),
            from: "Tracker <tracker@example.org>".to_owned(),
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("a runtime");
        // The pool of connections says goodbye on the runtime when the postman goes.
        let guard = runtime.enter();
        let postman = Postman::new(&config, "https://t.example".to_owned());
        let postman = postman.expect("settings").expect("a postman");
        let letter = Letter {
            id: "1.2.3".to_owned(),
            to: "ann@example.org".to_owned(),
            name: "Анна".to_owned(),
            subject: "[DEV-1] Пример".to_owned(),
            parts: vec![Part {
                heading: "Борис изменил(а) задачу".to_owned(),
                key: "DEV-1".to_owned(),
                summary: "Tags & <b>".to_owned(),
                url: "https://t.example/DEV-1".to_owned(),
                changes: vec![("Приоритет".to_owned(), "—".to_owned(), "<High>".to_owned())],
                said: vec!["**bold** <script>alert(1)</script>".to_owned()],
            }],
            why: "Вы автор задачи.".to_owned(),
            stop: "Больше не присылать писем".to_owned(),
            headers: vec![
                ("X-Tracker-Key", "DEV-1".to_owned()),
                ("X-Tracker-Tags", "метка".to_owned()),
            ],
            unsubscribe: "1.2.ab".to_owned(),
            last: 1,
            thread: Some("0123".to_owned()),
            ..Letter::default()
        };
        let message = postman.message(&letter).expect("a message").formatted();
        let message = String::from_utf8(message).expect("text");
        for line in [
            "X-Tracker-Key: DEV-1",
            "List-Unsubscribe: <https://t.example/unsubscribe/1.2.ab>",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
            "Message-ID: <1.2.3@trackway>",
            "In-Reply-To: <0123@trackway>",
            "X-Tracker-Tags: =?utf-8?b?",
            "multipart/alternative",
        ] {
            assert!(message.contains(line), "{line} in\n{message}");
        }
        let plain = Plain { letter: &letter, link: "https://t.example/u" }.render().expect("text");
        for line in [
            "Борис изменил(а) задачу DEV-1 Tags & <b>\nhttps://t.example/DEV-1\n",
            "Приоритет: — → <High>\n",
            "Вы автор задачи.\nБольше не присылать писем: https://t.example/u",
        ] {
            assert!(plain.contains(line), "{line} in\n{plain}");
        }
        let rich = Rich::new(&letter, "https://t.example/u").render().expect("HTML");
        for wanted in ["<strong>bold</strong>", "Tags &#38; &#60;b&#62;", "&#60;High&#62;"] {
            assert!(rich.contains(wanted), "{wanted} in\n{rich}");
        }
        assert!(!rich.contains("<script"), "{rich}");
        let about_account = Letter { unsubscribe: String::new(), ..letter };
        let message = postman.message(&about_account).expect("a message").formatted();
        assert!(!String::from_utf8_lossy(&message).contains("nsubscribe"), "cannot be refused");
        let off = Postman::new(&Mail::default(), String::new());
        assert!(off.is_ok_and(|postman| postman.is_none()), "off by default");
        let wrong = Mail { smtp_url: "mail.example.org".to_owned(), ..Mail::default() };
        assert!(Postman::new(&wrong, String::new()).is_err());
        drop(postman);
        drop(guard);
    }
}

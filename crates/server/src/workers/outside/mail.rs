//! Sending letters.

use std::time::Duration;

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, SinglePart};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use trackway_core::notice::mail::Letter;

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
            .subject(letter.subject.clone());
        if let Some(thread) = &letter.thread {
            let id = format!("<{thread}@trackway>");
            message = message.references(id.clone()).in_reply_to(id);
        }
        let mut headers = vec![("Auto-Submitted", "auto-generated".to_owned())];
        let mut body = letter.text.clone();
        if !letter.unsubscribe.is_empty() {
            let link = format!("{}/unsubscribe/{}", self.base, letter.unsubscribe);
            body.extend(["-- \n", link.as_str(), "\n"]);
            headers.push(("List-Unsubscribe", format!("<{link}>")));
            headers.push(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
        }
        headers.extend(letter.headers.iter().cloned());
        for (name, value) in headers {
            let name = HeaderName::new_from_ascii_str(name);
            message = message.raw_header(HeaderValue::new(name, value));
        }
        message.singlepart(SinglePart::plain(body)).map_err(|error| text(&error))
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
            to: "ann@example.org".to_owned(),
            name: "Анна".to_owned(),
            subject: "[DEV-1] Пример".to_owned(),
            text: "Привет\n".to_owned(),
            headers: vec![("X-Tracker-Key", "DEV-1".to_owned())],
            unsubscribe: "1.2.ab".to_owned(),
            last: 1,
            thread: Some("0123".to_owned()),
        };
        let message = postman.message(&letter).expect("a message").formatted();
        let message = String::from_utf8(message).expect("text");
        for line in [
            "X-Tracker-Key: DEV-1",
            "List-Unsubscribe: <https://t.example/unsubscribe/1.2.ab>",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
            "In-Reply-To: <0123@trackway>",
        ] {
            assert!(message.contains(line), "{line} in\n{message}");
        }
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

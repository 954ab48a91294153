//! Letters. Without a way to send them, links are handed over by administrators.

/// Sends letters. It must not block: whoever implements it queues.
pub(crate) trait Mail: Send + Sync {
    /// Sends a plain text; failures are the implementation's to log and repeat.
    fn send(&self, to: &str, subject: &str, text: &str);
}

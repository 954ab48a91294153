//! Requests whose forwarded headers nobody may send (HO-06). They are answered as if the headers were
//! not there; that they came is worth a line, but anybody could send millions.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use trackway_core::account_cx::Visit;
use trackway_core::audit::{INSTALLATION, system};

use crate::{App, clock, lanes};

/// Milliseconds between two records.
const PAUSE: i64 = 60 * 60_000;

/// When the last one was recorded.
#[derive(Debug, Default)]
pub(crate) struct Spoofs(AtomicI64);

impl Spoofs {
    /// Whether this one is to be recorded.
    fn is_news(&self, now: i64) -> bool {
        let due = |last: i64| (last == 0 || now >= last + PAUSE).then_some(now);
        self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, due).is_ok()
    }
}

/// Records such a request in the audit log and in the log of the program, which is where somebody
/// who forgot to name the own proxy will look.
pub(crate) fn notice(app: &Arc<App>, visit: Visit) {
    if !app.spoofs.is_news(clock::now()) {
        return;
    }
    tracing::warn!(
        peer = visit.address,
        "forwarded headers of a peer that is not in trusted_proxies are ignored"
    );
    let app = Arc::clone(app);
    tokio::spawn(async move {
        let record = |cx: &mut trackway_core::account_cx::AccountCx<'_, '_>| {
            system::record(cx, INSTALLATION, 0, system::Event::ForwardedHeaderSpoof)
        };
        if let Err(error) = lanes::account_write(&app, "HeaderSpoof", visit, record).await {
            tracing::warn!(%error, "forged headers are not in the audit log");
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_leaves_one_record_an_hour() {
        let spoofs = Spoofs::default();
        assert!(spoofs.is_news(1_000));
        assert!((1_000..2_000).all(|now| !spoofs.is_news(now)));
        assert!(spoofs.is_news(1_000 + PAUSE) && !spoofs.is_news(1_001 + PAUSE));
    }
}

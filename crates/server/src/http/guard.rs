//! Keeps a panic away from the client.

use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

/// Runs a future; a panic in it becomes an error with the panic's message.
pub(crate) async fn guard<T>(future: impl Future<Output = T>) -> Result<T, String> {
    let mut future = pin!(future);
    poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
        Ok(Poll::Ready(value)) => Poll::Ready(Ok(value)),
        Ok(Poll::Pending) => Poll::Pending,
        Err(payload) => Poll::Ready(Err(text(&*payload))),
    })
    .await
}

fn text(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "panic without a message".to_owned())
}

#[cfg(test)]
mod tests {
    #[tokio::test]
    async fn panics_become_errors() {
        assert_eq!(super::guard(async { 7 }).await, Ok(7));
        let panicking = async {
            tokio::task::yield_now().await;
            assert_eq!(1, 2, "numbers differ");
        };
        assert!(super::guard(panicking).await.expect_err("a panic").contains("numbers differ"));
    }
}

//! Showing something again and again.

use std::time::Duration;

use crate::failure::{Failure, Kind};
use crate::output::Output;
use crate::target::time_limit;

/// A server is not asked more often.
const LEAST: Duration = Duration::from_secs(1);

/// A stretch of time between two looks.
pub(crate) fn every(text: &str) -> Result<Duration, String> {
    Ok(time_limit(text)?.max(LEAST))
}

/// Whether and how often something is shown.
#[derive(Debug)]
pub(crate) struct Watch {
    every: Option<Duration>,
    shown: bool,
}

impl Watch {
    pub(crate) fn new(every: Option<Duration>) -> Self {
        Self { every, shown: false }
    }

    /// Makes room for what is shown next.
    pub(crate) fn begin(&mut self, output: &mut Output<'_>) -> Result<(), Failure> {
        if self.every.is_some() {
            output.clear(self.shown)?;
        }
        self.shown = true;
        Ok(())
    }

    /// A server that cannot be reached for a while ends nothing that is watched.
    pub(crate) fn judge(
        &self,
        shown: Result<(), Failure>,
        output: &mut Output<'_>,
    ) -> Result<(), Failure> {
        match shown {
            Err(failure)
                if self.every.is_some() && matches!(failure.kind(), Kind::Network | Kind::Busy) =>
            {
                output.remark(&failure.to_string());
                Ok(())
            }
            other => other,
        }
    }

    /// Waits, unless it is to be shown once only.
    pub(crate) async fn again(&self) -> bool {
        match self.every {
            Some(every) => {
                tokio::time::sleep(every).await;
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_left_some_time() {
        assert_eq!(every("10s"), Ok(Duration::from_secs(10)));
        assert_eq!(every("0"), Ok(LEAST));
        assert!(every("soon").is_err());
    }
}

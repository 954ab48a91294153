//! Which function answers which operation: one list of names. The operation follows from the
//! function's argument.

use trackway_api::{DecodeError, Endpoint, Info, Raw};
use trackway_core::cx::{Answer, Cx, Reply};
use trackway_core::tracker::Operation;

/// A domain function.
pub(crate) type Handler<E> =
    fn(&mut Cx<'_, '_>, &E) -> trackway_core::Result<Reply<<E as Endpoint>::Reply>>;

type Decode = dyn Fn(&Raw<'_>) -> Result<Box<dyn Operation>, DecodeError> + Send + Sync;

/// An operation with the function that answers it, without their types, so that everything behind
/// is compiled once.
pub(crate) struct Route {
    /// What is known of the operation.
    pub(crate) info: &'static Info,
    /// Reads a request.
    pub(crate) decode: Box<Decode>,
}

struct Call<E: Endpoint> {
    handler: Handler<E>,
    request: E,
}

impl<E: Endpoint> Operation for Call<E> {
    fn name(&self) -> &'static str {
        E::INFO.name
    }

    fn run(&self, cx: &mut Cx<'_, '_>) -> trackway_core::Result<Answer> {
        Answer::new((self.handler)(cx, &self.request)?, E::INFO.status)
    }
}

fn route<E: Endpoint>(handler: Handler<E>) -> Route {
    Route {
        info: E::INFO,
        decode: Box::new(move |raw| Ok(Box::new(Call { handler, request: E::decode(raw)? }))),
    }
}

macro_rules! routes {
    ($($handler:path),* $(,)?) => { vec![$(route($handler)),*] };
}

/// Every operation that is served.
pub(crate) fn all() -> Vec<Route> {
    use trackway_core::issue;

    routes![issue::ops::get, issue::ops::find_by_unique, issue::ops::create, issue::ops::update,]
}

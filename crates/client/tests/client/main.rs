//! The client against a scripted server on a real socket.

mod errors;
mod oauth;
mod paging;
mod parity;
mod requests;
mod retries;
mod server;

//! The client against a scripted server on a real socket.

mod errors;
mod paging;
mod requests;
mod retries;
mod server;

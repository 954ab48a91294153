//! Applications of the authorization server, registered on the command line.

use crate::Server;

/// A registered application.
#[derive(Debug, Clone)]
pub struct Application {
    /// `client_id`.
    pub id: String,
    /// `client_secret`; none of a public application.
    pub secret: Option<String>,
}

impl Application {
    /// Registers one of the demo's administrator, with more arguments of `admin app create`.
    ///
    /// # Panics
    ///
    /// When the program refuses.
    pub fn register(server: &Server, more: &[&str]) -> Self {
        let output = server
            .command()
            .arg("admin")
            .args(server.storage_args())
            .args(["app", "create", "--name", "Example", "--login"])
            .arg(server.ready().text("login"))
            .args(more)
            .output()
            .expect("the program starts");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
        let value = |name: &str| {
            let mut words = text.split_whitespace().skip_while(|word| *word != name);
            words.nth(1).map(str::to_owned)
        };
        Self { id: value("client_id").expect("an id"), secret: value("client_secret") }
    }
}

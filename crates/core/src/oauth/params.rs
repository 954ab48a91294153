//! Parameters of a request, in the order they came (oauth.md, GN-03).

/// Names and values. An empty value counts as absent; names nobody knows are ignored.
#[derive(Clone, Default)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// The parameters of a list, without those that are empty.
    pub fn new(pairs: Vec<(String, String)>) -> Self {
        Self(pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect())
    }

    /// The first value of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether a name is given more than once.
    pub fn is_repeated(&self, name: &str) -> bool {
        self.0.iter().filter(|(known, _)| known == name).nth(1).is_some()
    }

    /// Whether one of these names is given more than once.
    pub fn repeats(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.is_repeated(name))
    }
}

/// Values are secrets more often than not.
impl std::fmt::Debug for Params {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

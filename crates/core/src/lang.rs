//! Languages of names and messages.

use trackway_api::types::Text;

/// A language the tracker speaks to people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// Russian, the default of the API.
    #[default]
    Ru,
    /// English.
    En,
}

impl Lang {
    /// Language tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Ru => "ru",
            Self::En => "en",
        }
    }

    /// The first language of an `Accept-Language` header that we speak. Weights are honoured only
    /// by order, as clients write them in order.
    pub fn from_accept(header: &str) -> Option<Self> {
        header.split(',').find_map(|item| {
            let tag = item.split(';').next().unwrap_or_default().trim();
            let primary = tag.split('-').next().unwrap_or_default();
            match primary.to_ascii_lowercase().as_str() {
                "ru" => Some(Self::Ru),
                "en" => Some(Self::En),
                _ => None,
            }
        })
    }
}

/// How names are written into an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// As a string in one language.
    In(Lang),
    /// As an object by language (`localized=false`).
    Both,
}

impl Names {
    /// Number of forms, for arrays of prepared fragments.
    pub const COUNT: usize = 3;

    /// All forms in the order of [`Names::index`].
    pub const ALL: [Self; Self::COUNT] = [Self::In(Lang::Ru), Self::In(Lang::En), Self::Both];

    /// Position in arrays of prepared fragments.
    pub const fn index(self) -> usize {
        match self {
            Self::In(Lang::Ru) => 0,
            Self::In(Lang::En) => 1,
            Self::Both => 2,
        }
    }
}

/// A name in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Name {
    /// Russian.
    pub ru: String,
    /// English.
    pub en: String,
}

impl Name {
    /// A name from its two spellings.
    pub fn new(ru: &str, en: &str) -> Self {
        Self { ru: ru.to_owned(), en: en.to_owned() }
    }

    /// Whether there is no text in either language.
    pub fn is_empty(&self) -> bool {
        self.ru.is_empty() && self.en.is_empty()
    }

    /// The name in one language; the other one when it has none.
    pub fn get(&self, lang: Lang) -> &str {
        let (first, second) = match lang {
            Lang::Ru => (&self.ru, &self.en),
            Lang::En => (&self.en, &self.ru),
        };
        if first.is_empty() { second } else { first }
    }

    /// The name as it goes over the wire.
    pub fn text(&self, names: Names) -> Text {
        match names {
            Names::In(lang) => Text::Plain(self.get(lang).to_owned()),
            Names::Both => Text::ByLanguage(
                [("ru", Lang::Ru), ("en", Lang::En)]
                    .into_iter()
                    .map(|(tag, lang)| (tag.to_owned(), self.get(lang).to_owned()))
                    .collect(),
            ),
        }
    }

    /// Whether `text` is the name in either language, without regard to case.
    pub fn is(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.ru.to_lowercase() == text || self.en.to_lowercase() == text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_known_language_wins() {
        assert_eq!(Lang::from_accept("de, en-US;q=0.8, ru"), Some(Lang::En));
        assert_eq!(Lang::from_accept("ru-RU,ru;q=0.9"), Some(Lang::Ru));
        assert_eq!(Lang::from_accept("*"), None);
    }
}

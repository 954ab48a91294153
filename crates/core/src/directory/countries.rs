//! Countries, which boards name for their days off.

use trackway_api::directory::{Country as CountryReply, GetCountry, ListCountries};
use trackway_api::types::PlainRef;

use super::country_names::ROWS;
use crate::cx::{Cx, Reply};
use crate::error::{Code, Result};
use crate::lang::Name;
use crate::paging::{self, Page};
use crate::view::View;

/// A country.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Country {
    /// Numeric code of ISO 3166.
    pub(crate) id: i64,
    code: &'static str,
    ru: &'static str,
    en: &'static str,
}

fn all() -> impl Iterator<Item = Country> {
    ROWS.iter().map(|(id, code, ru, en)| Country { id: *id, code, ru, en })
}

impl Country {
    fn name(self) -> Name {
        Name::new(self.ru, self.en)
    }

    fn path(self) -> String {
        format!("/countries/{}", self.id)
    }
}

/// The country of whoever names none, as the original has it.
const HOME: i64 = 643;
/// The number that it has in the original, in whose samples countries have no codes of ISO 3166.
const HOME_THERE: i64 = 1;

/// A country by its number.
pub(crate) fn by_id(id: i64) -> Option<Country> {
    let id = if id == HOME_THERE { HOME } else { id };
    all().find(|country| country.id == id)
}

/// A country that was chosen, or the one of whoever chose none.
pub(crate) fn or_home(chosen: Option<i64>) -> Option<Country> {
    by_id(chosen.unwrap_or(HOME))
}

/// A country by its two letters or its name in either language.
pub(crate) fn by_name(name: &str) -> Option<Country> {
    let name = name.trim();
    all().find(|c| c.code.eq_ignore_ascii_case(name) || c.name().is(name))
}

/// A reference to a country.
pub(crate) fn reference(country: Country, view: &View) -> PlainRef {
    PlainRef {
        self_url: view.url(&country.path()),
        id: country.id.to_string(),
        display: country.name().text(view.names),
    }
}

/// Countries by number.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListCountries) -> Result<Reply<Vec<CountryReply>>> {
    cx.view.localize(r.localized);
    let page = Page::new(r.page, r.per_page, paging::MAX)?;
    let (countries, paging) = page.cut(all().collect());
    let replies = countries.into_iter().map(|country| wire(&cx.view, country)).collect();
    Ok(Reply::new(replies).paged(paging))
}

/// One country by number or by its two letters.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetCountry) -> Result<Reply<CountryReply>> {
    cx.view.localize(r.localized);
    let found = match r.id.trim().parse() {
        Ok(id) => by_id(id),
        Err(_) => all().find(|country| country.code.eq_ignore_ascii_case(r.id.trim())),
    };
    let country = found.ok_or_else(|| Code::CountryNotFound.err())?;
    Ok(wire(&cx.view, country).into())
}

fn wire(view: &View, country: Country) -> CountryReply {
    CountryReply {
        self_url: view.url(&country.path()),
        id: country.id.to_string(),
        name: country.name().text(view.names),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{Fixture, body};

    #[test]
    fn countries_are_found_by_number_and_letters() {
        let f = Fixture::new();
        let get = |id: &str| f.read(f.guest, |cx| get(cx, &GetCountry::new(id))).map(body);
        let russia = get("643").expect("a country");
        assert_eq!(russia["name"], "Russia");
        assert_eq!(get("ru").expect("a country"), russia);
        assert_eq!(get("1").expect("as in the original"), russia);
        assert_eq!(get("2").expect_err("none").status(), 404);
        let both = GetCountry::new("643").localized(false);
        let both = f.read(f.guest, |cx| super::get(cx, &both)).map(body).expect("a country");
        assert_eq!(both["name"], json!({"ru": "Россия", "en": "Russia"}));
    }

    #[test]
    fn the_table_is_in_order_and_has_every_name() {
        assert!(ROWS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(
            ROWS.iter()
                .all(|(_, code, ru, en)| { code.len() == 2 && !ru.is_empty() && !en.is_empty() })
        );
    }
}

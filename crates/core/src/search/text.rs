//! Conditions on texts: words in any form, exact phrases (query-language.md, 4.3).

use trackway_query::{Clause, Function, Operand, Test, Value};
use trackway_search::{Cond, RoaringBitmap};

use super::resolve::{Resolver, presence};
use crate::error::{Code, Result};
use crate::field::FieldDef;
use crate::field::no;
use crate::issue::value::text_place;
use crate::words::find::{self, Session};
use crate::words::phrase::Phrase;
use crate::words::stem::{self, Part};

impl Resolver<'_, '_, '_> {
    /// Words anywhere: in the summary, the description, the comments, the names of files.
    pub(super) fn free_text(&mut self, text: &str) -> Result<Cond> {
        let fields = [no::SUMMARY, no::DESCRIPTION].map(Part::Field);
        let parts = [fields[0], fields[1], Part::Comment, Part::File];
        self.words(&parts, text).map(Cond::Docs)
    }

    /// A condition on a field that is searched by words.
    pub(super) fn text_field(
        &mut self,
        def: &FieldDef,
        clause: &Clause,
        value: &Value,
    ) -> Result<Cond> {
        let part = Part::Field(def.no);
        match &value.test {
            Test::Is(Operand::Literal(text)) => self.words(&[part], text).map(Cond::Docs),
            Test::Is(Operand::Function(function)) => presence(def.no, function)
                .ok_or_else(|| self.misfit(clause, value, Code::ExpectedText)),
            Test::Exact(phrase) if def.no == no::SUMMARY => self.whole(phrase),
            Test::Exact(phrase) => self.phrase(part, phrase),
            Test::NotExact(phrase) if def.no == no::SUMMARY => {
                self.whole(phrase).map(Cond::negated)
            }
            Test::NotExact(_) => Err(self.misfit(clause, value, Code::OnlySummary)),
            Test::Is(Operand::Date(_)) => Err(self.misfit(clause, value, Code::ExpectedText)),
            Test::Compare(..) | Test::Range(..) => {
                Err(self.misfit(clause, value, Code::ExpectedEquality))
            }
        }
    }

    /// Issues with a comment or a file's name that has all the words, or the phrase.
    pub(super) fn one_of_many(
        &mut self,
        part: Part,
        clause: &Clause,
        value: &Value,
    ) -> Result<Cond> {
        match &value.test {
            Test::Is(Operand::Literal(text)) => {
                let found = self.words(&[part], text)?;
                let stems = stem::wanted(text);
                if stems.len() < 2 {
                    return Ok(Cond::Docs(found));
                }
                // All words must stand in one of them.
                let found = self.in_scope(found);
                find::check(self.cx, &found, &[part], |text| stems.is_subset(&stem::stems(text)))
                    .map(Cond::Docs)
            }
            Test::Exact(phrase) => self.phrase(part, phrase),
            Test::NotExact(_) => Err(self.misfit(clause, value, Code::OnlySummary)),
            Test::Compare(..) | Test::Range(..) => {
                Err(self.misfit(clause, value, Code::ExpectedEquality))
            }
            Test::Is(_) => Err(self.misfit(clause, value, Code::ExpectedText)),
        }
    }

    /// Issues with such a comment, or with any, or with none.
    pub(super) fn comment(&mut self, clause: &Clause, value: &Value) -> Result<Cond> {
        match &value.test {
            Test::Is(Operand::Function(function @ (Function::Empty | Function::NotEmpty))) => {
                let counters = [no::COMMENTS_WITHOUT_MESSAGE, no::COMMENTS_WITH_MESSAGE];
                let some = Cond::Or(counters.map(Cond::Exists).to_vec());
                Ok(if *function == Function::Empty { some.negated() } else { some })
            }
            _ => self.one_of_many(Part::Comment, clause, value),
        }
    }

    /// Issues with the words in what their summary and description are, or were.
    pub(super) fn history(&mut self, clause: &Clause, value: &Value) -> Result<Cond> {
        let Test::Is(Operand::Literal(text)) = &value.test else {
            return Err(self.misfit(clause, value, Code::ExpectedText));
        };
        let parts = [Part::Field(no::SUMMARY), Part::Field(no::DESCRIPTION), Part::Former];
        self.words(&parts, text).map(Cond::Docs)
    }

    /// Issues that have all words of a text, each in any of the parts; none for a text without
    /// words.
    fn words(&mut self, parts: &[Part], text: &str) -> Result<RoaringBitmap> {
        let stems = stem::wanted(text);
        let session = self.session()?;
        let found = session.having(self.cx, parts, &stems);
        self.words = Some(session);
        found
    }

    fn session(&mut self) -> Result<Session> {
        match self.words.take() {
            Some(session) => Ok(session),
            None => Session::open(self.cx),
        }
    }

    /// Issues whose text contains a phrase. One without words cannot be looked up and is not
    /// found.
    fn phrase(&mut self, part: Part, text: &str) -> Result<Cond> {
        let phrase = Phrase::new(text);
        let found = self.candidates(part, &phrase)?;
        let found = self.in_scope(found);
        find::check(self.cx, &found, &[part], |text| phrase.is_in(text)).map(Cond::Docs)
    }

    /// Issues whose summary is a phrase.
    fn whole(&mut self, text: &str) -> Result<Cond> {
        let (part, phrase) = (Part::Field(no::SUMMARY), Phrase::new(text));
        if phrase.is_empty() {
            return Ok(Cond::None);
        }
        let found = if phrase.stems().is_empty() {
            // Signs only: no word leads to it, its beginning does.
            self.eval(&Cond::Has(no::SUMMARY, text_place(text)))
        } else {
            self.candidates(part, &phrase)?
        };
        let found = self.in_scope(found);
        find::check(self.cx, &found, &[part], |text| phrase.is(text)).map(Cond::Docs)
    }

    fn candidates(&mut self, part: Part, phrase: &Phrase) -> Result<RoaringBitmap> {
        let session = self.session()?;
        let found = session.having(self.cx, &[part], &phrase.stems());
        self.words = Some(session);
        found
    }
}

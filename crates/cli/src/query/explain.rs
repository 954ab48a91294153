//! A query in words, in English or Russian.

use trackway_query::value::Interval;
use trackway_query::{
    Changed, Clause, Comparison, DateBase, DateExpr, DateFunction, Expr, FieldName, Function,
    Operand, Query, Sort, Test, Value,
};

use super::names::{self, Kind};

/// Picks English or Russian.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words {
    pub(super) russian: bool,
}

impl Words {
    /// What a query finds and in which order.
    pub(super) fn query(self, query: &Query) -> String {
        let mut text = match &query.filter {
            Some(filter) => self.expression(filter, true),
            None => self.say("all issues", "все задачи").to_owned(),
        };
        if !query.sort.is_empty() {
            let keys: Vec<String> = query.sort.iter().map(|key| self.sort(key)).collect();
            text += self.say("; sorted by ", "; по порядку: ");
            text += &keys.join(self.say(", then by ", ", затем "));
        }
        text
    }

    const fn say(self, english: &'static str, russian: &'static str) -> &'static str {
        if self.russian { russian } else { english }
    }

    fn expression(self, expression: &Expr, outside: bool) -> String {
        match expression {
            Expr::And(all) => self.joined(all, self.say(", and ", ", и "), outside),
            Expr::Or(all) => self.joined(all, self.say(", or ", ", или "), outside),
            Expr::Not(inner) => {
                let inner = self.expression(inner, true);
                format!("{} ({inner})", self.say("it is not so that", "неверно, что"))
            }
            Expr::Clause(clause) => self.clause(clause),
            Expr::Text(text) => {
                let words = self.say(
                    "summary, description or a comment has the words",
                    "в названии, описании или комментариях есть слова",
                );
                format!("{words} \"{text}\"")
            }
        }
    }

    fn joined(self, all: &[Expr], between: &str, outside: bool) -> String {
        let all: Vec<String> = all.iter().map(|one| self.expression(one, false)).collect();
        let text = all.join(between);
        if outside { text } else { format!("({text})") }
    }

    fn clause(self, clause: &Clause) -> String {
        let (name, kind) = self.field(&clause.field);
        let tests = |negated: bool| -> Vec<&Test> {
            clause.values.iter().filter(|v| v.negated == negated).map(|v| &v.test).collect()
        };
        let (wanted, unwanted) = (tests(false), tests(true));
        if let ([Test::Is(Operand::Function(only))], []) = (wanted.as_slice(), unwanted.as_slice())
            && let Some(text) = self.whole(only, &name)
        {
            return text;
        }
        if let ([], [Test::Is(Operand::Function(Function::Empty))]) =
            (wanted.as_slice(), unwanted.as_slice())
        {
            return self.filled(&name);
        }
        let told = |tests: &[&Test], between: &str| {
            tests.iter().map(|test| self.test(test, kind)).collect::<Vec<_>>().join(between)
        };
        let (or, not) = (self.say(" or ", " или "), self.say("not ", "не "));
        let without =
            format!("{not}{}", told(&unwanted, &format!("{}{not}", self.say(" and ", " и "))));
        let said = match (wanted.is_empty(), unwanted.is_empty()) {
            (_, true) => told(&wanted, or),
            (true, _) => without,
            _ => format!("{}, {}{without}", told(&wanted, or), self.say("but ", "но ")),
        };
        match kind {
            Kind::Text => format!("{name} {} {said}", self.say("has", "содержит")),
            _ => format!("{name} {} {said}", self.say("is", "—")),
        }
    }

    /// A clause that says something of the field as a whole.
    fn whole(self, function: &Function, name: &str) -> Option<String> {
        Some(match function {
            Function::Empty | Function::Unresolved => {
                if self.russian {
                    format!("{name} — пусто")
                } else {
                    format!("no {name}")
                }
            }
            Function::NotEmpty => self.filled(name),
            Function::Changed(changed) => self.changed(name, changed),
            Function::Me | Function::Group(_) => return None,
        })
    }

    fn filled(self, name: &str) -> String {
        if self.russian {
            format!("{name} — не пусто")
        } else {
            format!("{name} is not empty")
        }
    }

    fn changed(self, name: &str, changed: &Changed) -> String {
        let mut text = format!("{name} {}", self.say("was changed", "— есть изменение"));
        for (word, values, kind) in [
            (self.say(" from ", " с "), &changed.from, Kind::Other),
            (self.say(" to ", " на "), &changed.to, Kind::Other),
            (self.say(" by ", ", кем: "), &changed.by, Kind::Other),
            (self.say(", when: ", ", когда: "), &changed.date, Kind::Date),
        ] {
            if !values.is_empty() {
                text += word;
                text += &self.values(values, kind);
            }
        }
        text
    }

    fn values(self, values: &[Value], kind: Kind) -> String {
        let one = |value: &Value| {
            let not = if value.negated { self.say("not ", "не ") } else { "" };
            format!("{not}{}", self.test(&value.test, kind))
        };
        values.iter().map(one).collect::<Vec<_>>().join(self.say(" or ", " или "))
    }

    fn test(self, test: &Test, kind: Kind) -> String {
        match test {
            Test::Is(Operand::Literal(words)) if kind == Kind::Text => {
                format!("{} \"{words}\"", self.say("the words", "слова"))
            }
            Test::Is(operand) => self.operand(operand),
            Test::Compare(sign, operand) => {
                format!("{} {}", self.comparison(*sign, kind, operand), self.operand(operand))
            }
            Test::Range(from, to) => {
                let (from, to) = (self.operand(from), self.operand(to));
                format!("{} {from} {} {to}", self.say("from", "от"), self.say("to", "до"))
            }
            Test::Exact(phrase) => {
                format!("{} \"{phrase}\"", self.say("exactly", "в точности"))
            }
            Test::NotExact(phrase) => {
                format!("{} \"{phrase}\"", self.say("something else than", "что-то кроме"))
            }
        }
    }

    fn comparison(self, sign: Comparison, kind: Kind, operand: &Operand) -> &'static str {
        let is_date = kind == Kind::Date || matches!(operand, Operand::Date(_));
        match (sign, is_date) {
            (Comparison::Greater, true) => self.say("after", "позже, чем"),
            (Comparison::GreaterOrEqual, true) => self.say("not before", "не раньше, чем"),
            (Comparison::Less, true) => self.say("before", "раньше, чем"),
            (Comparison::LessOrEqual, true) => self.say("not after", "не позже, чем"),
            (Comparison::Greater, false) => self.say("more than", "больше, чем"),
            (Comparison::GreaterOrEqual, false) => self.say("at least", "не меньше, чем"),
            (Comparison::Less, false) => self.say("less than", "меньше, чем"),
            (Comparison::LessOrEqual, false) => self.say("at most", "не больше, чем"),
        }
    }

    fn operand(self, operand: &Operand) -> String {
        match operand {
            Operand::Literal(text) => text.clone(),
            Operand::Date(date) => self.date(date),
            Operand::Function(function) => match function {
                Function::Me => self.say("the caller", "тот, кто спрашивает").to_owned(),
                Function::Empty | Function::Unresolved => self.say("nothing", "пусто").to_owned(),
                Function::NotEmpty => self.say("anything", "что угодно").to_owned(),
                Function::Group(names) => {
                    let names = names.join(self.say(" or ", " или "));
                    format!("{} {names}", self.say("somebody of the group", "кто-то из группы"))
                }
                Function::Changed(changed) => self.changed("", changed).trim_start().to_owned(),
            },
        }
    }

    fn date(self, date: &DateExpr) -> String {
        let mut text = match &date.base {
            DateBase::Literal(text) => text.clone(),
            DateBase::Function(function) => match function {
                DateFunction::Now => self.say("now", "сейчас"),
                DateFunction::Today => self.say("today", "сегодня"),
                DateFunction::Week => self.say("this week", "эта неделя"),
                DateFunction::Month => self.say("this month", "этот месяц"),
                DateFunction::Quarter => self.say("this quarter", "этот квартал"),
                DateFunction::Year => self.say("this year", "этот год"),
            }
            .to_owned(),
        };
        for shift in &date.shifts {
            let word = if shift.back {
                self.say("minus", "минус")
            } else {
                self.say("plus", "плюс")
            };
            text.extend([" ", word, " ", &self.interval(shift.interval)]);
        }
        text
    }

    fn interval(self, interval: Interval) -> String {
        const RUSSIAN: [(char, char); 6] =
            [('M', 'М'), ('w', 'н'), ('d', 'д'), ('h', 'ч'), ('m', 'м'), ('s', 'с')];
        let written = interval.to_string();
        if !self.russian {
            return written;
        }
        let letter = |c: char| RUSSIAN.iter().find(|(en, _)| *en == c).map_or(c, |(_, ru)| *ru);
        written.chars().map(letter).collect()
    }

    fn sort(self, key: &Sort) -> String {
        let (name, kind) = self.field(&key.field);
        let way = match (kind, key.descending) {
            (Kind::Date, true) => self.say("newest first", "сначала новые"),
            (Kind::Date, false) => self.say("oldest first", "сначала старые"),
            (Kind::Number, true) => self.say("greatest first", "сначала большие"),
            (Kind::Number, false) => self.say("least first", "сначала малые"),
            (_, true) => self.say("descending", "по убыванию"),
            (_, false) => self.say("ascending", "по возрастанию"),
        };
        format!("{name}, {way}")
    }

    /// A field as people call it, and what its values are.
    fn field(self, field: &FieldName) -> (String, Kind) {
        if let Some(queue) = &field.queue {
            return (format!("{} ({queue})", field.name), Kind::Other);
        }
        match names::find(&field.name) {
            Some((english, russian, kind)) => (self.say(english, russian).to_owned(), kind),
            None => (field.name.clone(), Kind::Other),
        }
    }
}

#[cfg(test)]
mod tests {
    use trackway_query::parse;

    use super::*;

    #[test]
    fn queries_are_told_in_both_languages() {
        for (text, english, russian) in [
            (
                r#"Queue: TEST Assignee: me() Resolution: empty() "Sort By": Updated DESC"#,
                "queue is TEST, and assignee is the caller, and no resolution; sorted by updated, newest first",
                "очередь — TEST, и исполнитель — тот, кто спрашивает, и резолюция — пусто; по порядку: обновлено, сначала новые",
            ),
            (
                r#"Статус: Open, "In progress" OR Priority: !minor, !trivial"#,
                "status is Open or In progress, or priority is not minor and not trivial",
                "статус — Open или In progress, или приоритет — не minor и не trivial",
            ),
            (
                r#"(Type: Bug OR Tags: a, !b) Created: >today() - "1w 2d" Deadline: 2026-11-01 .. week()"#,
                "(type is Bug, or tags is a, but not b), and created is after today minus 1w 2d, and deadline is from 2026-11-01 to this week",
                "(тип — Bug, или теги — a, но не b), и создано — позже, чем сегодня минус 1н 2д, и дедлайн — от 2026-11-01 до эта неделя",
            ),
            (
                r#"NOT (Votes: >=3 Summary: "lost link") Comment: #"x y" crash"#,
                "it is not so that (votes is at least 3, and summary has the words \"lost link\"), and comment has exactly \"x y\", and summary, description or a comment has the words \"crash\"",
                "неверно, что (голоса — не меньше, чем 3, и название содержит слова \"lost link\"), и комментарий содержит в точности \"x y\", и в названии, описании или комментариях есть слова \"crash\"",
            ),
            (
                r#"Status: changed(from: Open to: Closed by: me() date: >2026-01-01) Assignee: group(value: "QA") OPS.Customer: !empty() "Sort By": Key, Votes DESC"#,
                "status was changed from Open to Closed by the caller, when: after 2026-01-01, and assignee is somebody of the group QA, and Customer (OPS) is not empty; sorted by key, ascending, then by votes, greatest first",
                "статус — есть изменение с Open на Closed, кем: тот, кто спрашивает, когда: позже, чем 2026-01-01, и исполнитель — кто-то из группы QA, и Customer (OPS) — не пусто; по порядку: ключ, по возрастанию, затем голоса, сначала большие",
            ),
            ("", "all issues", "все задачи"),
        ] {
            let query = parse(text).expect(text);
            assert_eq!(Words { russian: false }.query(&query), english);
            assert_eq!(Words { russian: true }.query(&query), russian);
        }
    }
}

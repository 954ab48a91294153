//! Charts: as lines of text, and as SVG.

use std::fmt::Write;

/// Letters of the longest bar, where the terminal does not say how wide it is.
const USUAL_BAR: usize = 40;
/// Letters of the longest bar of all.
const LONGEST_BAR: usize = 80;
/// What series are filled with, in letters and in ASCII.
const FILLS: [(char, char); 6] =
    [('█', '#'), ('▒', '='), ('░', '-'), ('▓', '%'), ('▚', '+'), ('·', '.')];
/// What marks a value on the bar of another.
const MARK: (char, char) = ('│', '|');

/// A chart: values of several series over the same labels.
#[derive(Clone, Debug)]
pub(crate) struct Chart {
    pub(crate) title: String,
    pub(crate) labels: Vec<String>,
    pub(crate) series: Vec<Series>,
    pub(crate) form: Form,
}

/// Values under one name; there may be none for a label.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    pub(crate) name: String,
    pub(crate) values: Vec<Option<f64>>,
}

/// How a chart is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// What should be and what is: lines; in text a bar of the second series, marked by the first.
    Lines,
    /// The series on top of each other.
    Stacked,
    /// The series beside each other.
    Bars,
    /// Dots; in text a bar for each label.
    Dots,
}

impl Chart {
    fn value(&self, series: usize, label: usize) -> Option<f64> {
        self.series.get(series)?.values.get(label).copied().flatten()
    }

    /// The greatest value that is drawn.
    fn greatest(&self) -> f64 {
        let of_label = |label: usize| {
            let values = (0..self.series.len()).filter_map(|series| self.value(series, label));
            if self.form == Form::Stacked { values.sum() } else { values.fold(0.0, f64::max) }
        };
        (0..self.labels.len()).map(of_label).fold(0.0, f64::max)
    }

    /// Lines for a terminal of this width, 0 where it is none.
    pub(crate) fn text(&self, width: usize, ascii: bool) -> String {
        let pick = |(letter, twin): (char, char)| if ascii { twin } else { letter };
        let fill = |series: usize| FILLS.get(series % FILLS.len()).map_or('#', |fill| pick(*fill));
        let label_width = self.labels.iter().map(|l| l.chars().count()).max().unwrap_or_default();
        let room = match width {
            0 => USUAL_BAR,
            width => width.saturating_sub(label_width + 16).clamp(10, LONGEST_BAR),
        };
        let greatest = self.greatest();
        let letters = |value: f64| scaled(value, greatest, room);
        let mut lines = vec![self.title.clone(), self.legend(&fill, pick(MARK))];
        for (at, label) in self.labels.iter().enumerate() {
            match self.form {
                Form::Lines => {
                    let mark = self.value(0, at);
                    let bar = marked(
                        self.value(1, at).map(letters).unwrap_or_default(),
                        mark.map(letters),
                        (fill(0), pick(MARK)),
                    );
                    let value = self.value(1, at).map_or_else(|| "–".to_owned(), short);
                    let value = if ascii { value.replace('–', "-") } else { value };
                    lines.push(format!("{label:label_width$}  {bar}  {value}"));
                }
                Form::Stacked => {
                    let mut bar = String::new();
                    let mut sum = 0.0;
                    for series in 0..self.series.len() {
                        sum += self.value(series, at).unwrap_or_default();
                        // Each piece ends where the sum does, so that the whole is never longer.
                        let missing = letters(sum).saturating_sub(bar.chars().count());
                        bar.extend(std::iter::repeat_n(fill(series), missing));
                    }
                    lines.push(format!("{label:label_width$}  {bar}  {}", short(sum)));
                }
                Form::Bars | Form::Dots => {
                    for series in 0..self.series.len() {
                        let Some(value) = self.value(series, at) else { continue };
                        let bar: String =
                            std::iter::repeat_n(fill(series), letters(value)).collect();
                        let label = if series == 0 { label.as_str() } else { "" };
                        lines.push(format!("{label:label_width$}  {bar}  {}", short(value)));
                    }
                }
            }
        }
        lines.retain(|line| !line.trim().is_empty());
        lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
    }

    /// Which letter stands for which series.
    fn legend(&self, fill: &impl Fn(usize) -> char, mark: char) -> String {
        let sign = |series: usize| match self.form {
            Form::Lines if series == 0 => mark,
            Form::Lines => fill(0),
            _ => fill(series),
        };
        let named = self.series.iter().enumerate();
        named
            .map(|(series, one)| format!("{} {}", sign(series), one.name))
            .collect::<Vec<_>>()
            .join("   ")
    }

    /// A picture.
    pub(crate) fn svg(&self) -> String {
        let plane = Plane::new(self.greatest(), self.labels.len());
        let mut out = String::new();
        // Strings take everything.
        write!(
            out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDE} {HIGH}\" \
             font-family=\"sans-serif\" font-size=\"12\">\n<title>{0}</title>\n\
             <rect width=\"{WIDE}\" height=\"{HIGH}\" fill=\"#fff\"/>\n\
             <text x=\"{LEFT}\" y=\"20\" font-size=\"14\" fill=\"#222\">{0}</text>\n",
            escaped(&self.title)
        )
        .ok();
        plane.axes(&self.labels, &mut out);
        match self.form {
            Form::Lines => self.lines(&plane, &mut out),
            Form::Stacked => self.areas(&plane, &mut out),
            Form::Bars => self.columns(&plane, &mut out),
            Form::Dots => self.dots(&plane, &mut out),
        }
        self.key(&mut out);
        out.push_str("</svg>\n");
        out
    }

    fn lines(&self, plane: &Plane, out: &mut String) {
        for (series, one) in self.series.iter().enumerate() {
            let at = one.values.iter().enumerate();
            let points: Vec<String> =
                at.filter_map(|(n, value)| Some(plane.point(n, (*value)?))).collect();
            let dashes = if series == 0 { " stroke-dasharray=\"6 4\"" } else { "" };
            writeln!(
                out,
                "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"{dashes}/>",
                points.join(" "),
                colour(series)
            )
            .ok();
        }
    }

    fn areas(&self, plane: &Plane, out: &mut String) {
        let mut below = vec![0.0; self.labels.len()];
        for (series, one) in self.series.iter().enumerate() {
            let above: Vec<f64> = below
                .iter()
                .enumerate()
                .map(|(n, sum)| sum + one.values.get(n).copied().flatten().unwrap_or_default())
                .collect();
            let upper = above.iter().enumerate().map(|(n, value)| plane.point(n, *value));
            let lower = below.iter().enumerate().rev().map(|(n, value)| plane.point(n, *value));
            let points: Vec<String> = upper.chain(lower).collect();
            writeln!(out, "<polygon points=\"{}\" fill=\"{}\"/>", points.join(" "), colour(series))
                .ok();
            below = above;
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "numbers of series are small")]
    fn columns(&self, plane: &Plane, out: &mut String) {
        let wide = plane.step() * 0.8 / self.series.len().max(1) as f64;
        for (series, one) in self.series.iter().enumerate() {
            for (n, value) in one.values.iter().enumerate() {
                let Some(value) = value else { continue };
                let x = plane.x(n) - plane.step() * 0.4 + wide * series as f64;
                let y = plane.y(*value);
                writeln!(
                    out,
                    "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{wide:.1}\" height=\"{:.1}\" \
                     fill=\"{}\"/>",
                    plane.y(0.0) - y,
                    colour(series)
                )
                .ok();
            }
        }
    }

    fn dots(&self, plane: &Plane, out: &mut String) {
        for (series, one) in self.series.iter().enumerate() {
            for (n, value) in one.values.iter().enumerate() {
                let Some(value) = value else { continue };
                writeln!(
                    out,
                    "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"4\" fill=\"{}\"/>",
                    plane.x(n),
                    plane.y(*value),
                    colour(series)
                )
                .ok();
            }
        }
    }

    /// Names of the series with their colours.
    #[expect(clippy::cast_precision_loss, reason = "numbers of letters are small")]
    fn key(&self, out: &mut String) {
        let mut x = LEFT;
        for (series, one) in self.series.iter().enumerate() {
            let y = HIGH - 10.0;
            writeln!(
                out,
                "<rect x=\"{x:.0}\" y=\"{:.0}\" width=\"10\" height=\"10\" fill=\"{}\"/>\
                 <text x=\"{:.0}\" y=\"{y:.0}\" fill=\"#222\">{}</text>",
                y - 9.0,
                colour(series),
                x + 14.0,
                escaped(&one.name)
            )
            .ok();
            x += 30.0 + 7.5 * one.name.chars().count() as f64;
        }
    }
}

const WIDE: f64 = 760.0;
const HIGH: f64 = 400.0;
const LEFT: f64 = 50.0;
const TOP: f64 = 36.0;
const RIGHT: f64 = 740.0;
const BOTTOM: f64 = 340.0;
/// Most labels that stand under the axis.
const LABELS: usize = 8;

/// Colours that can be told apart by those who see no red or no green (Okabe and Ito).
const COLOURS: [&str; 7] =
    ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#999999"];

fn colour(series: usize) -> &'static str {
    COLOURS.get(series % COLOURS.len()).copied().unwrap_or("#999999")
}

/// From values to places in the picture.
struct Plane {
    greatest: f64,
    count: usize,
}

#[expect(clippy::cast_precision_loss, reason = "numbers of labels are small")]
impl Plane {
    fn new(greatest: f64, count: usize) -> Self {
        Self { greatest: round_up(greatest), count: count.max(1) }
    }

    fn step(&self) -> f64 {
        (RIGHT - LEFT) / self.count as f64
    }

    fn x(&self, label: usize) -> f64 {
        LEFT + self.step() * (label as f64 + 0.5)
    }

    fn y(&self, value: f64) -> f64 {
        BOTTOM - (BOTTOM - TOP) * value / self.greatest
    }

    fn point(&self, label: usize, value: f64) -> String {
        format!("{:.1},{:.1}", self.x(label), self.y(value))
    }

    fn axes(&self, labels: &[String], out: &mut String) {
        for quarter in 0..=4 {
            let value = self.greatest * f64::from(quarter) / 4.0;
            let y = self.y(value);
            writeln!(
                out,
                "<line x1=\"{LEFT}\" x2=\"{RIGHT}\" y1=\"{y:.1}\" y2=\"{y:.1}\" \
                 stroke=\"#ddd\"/><text x=\"{:.0}\" y=\"{:.1}\" text-anchor=\"end\" \
                 fill=\"#555\">{}</text>",
                LEFT - 6.0,
                y + 4.0,
                short(value)
            )
            .ok();
        }
        let every = labels.len().div_ceil(LABELS).max(1);
        for (n, label) in labels.iter().enumerate().step_by(every) {
            writeln!(
                out,
                "<text x=\"{:.1}\" y=\"{:.0}\" text-anchor=\"middle\" fill=\"#555\">{}</text>",
                self.x(n),
                BOTTOM + 18.0,
                escaped(label)
            )
            .ok();
        }
    }
}

/// The next of 1, 2, 4, 8, 10 times a power of ten, so that quarters of it are short numbers.
fn round_up(value: f64) -> f64 {
    if value <= 0.0 {
        return 1.0;
    }
    let power = 10f64.powf(value.log10().floor());
    let found = [1.0, 2.0, 4.0, 8.0, 10.0].into_iter().find(|step| step * power >= value);
    found.unwrap_or(10.0) * power
}

/// A number without what is not needed: `3`, `3.5`.
pub(crate) fn short(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "letters of a line, at least none and at most its width"
)]
fn scaled(value: f64, greatest: f64, room: usize) -> usize {
    if greatest <= 0.0 {
        return 0;
    }
    (value.max(0.0) / greatest * room as f64).round() as usize
}

/// A bar of so many letters, with a mark where another value is.
fn marked(length: usize, mark: Option<usize>, (fill, sign): (char, char)) -> String {
    let mut letters: Vec<char> = vec![fill; length];
    if let Some(mark) = mark {
        if letters.len() <= mark {
            letters.resize(mark + 1, ' ');
        }
        if let Some(letter) = letters.get_mut(mark) {
            *letter = sign;
        }
    }
    letters.into_iter().collect()
}

/// A text in XML.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(form: Form, series: &[(&str, &[Option<f64>])]) -> Chart {
        let one = |(name, values): &(&str, &[Option<f64>])| Series {
            name: (*name).to_owned(),
            values: values.to_vec(),
        };
        Chart {
            title: "A <b> & c".to_owned(),
            labels: vec!["one".to_owned(), "three".to_owned()],
            series: series.iter().map(one).collect(),
            form,
        }
    }

    #[test]
    fn bars_are_as_long_as_values() {
        let lines = chart(
            Form::Lines,
            &[("plan", &[Some(40.0), Some(20.0)]), ("fact", &[Some(30.0), None])],
        );
        let text = lines.text(0, true);
        let rows: Vec<&str> = text.lines().collect();
        assert_eq!(rows[1], "| plan   # fact");
        assert_eq!(rows[2], format!("one    {}{}|  30", "#".repeat(30), " ".repeat(10)));
        assert_eq!(rows[3], format!("three  {}|  -", " ".repeat(20)));
        let stacked =
            chart(Form::Stacked, &[("a", &[Some(1.0), Some(2.0)]), ("b", &[Some(1.0), Some(2.0)])]);
        let text = stacked.text(0, true);
        assert!(text.contains(&format!("one    {}{}  2\n", "#".repeat(10), "=".repeat(10))));
        assert!(text.ends_with(&format!("three  {}{}  4", "#".repeat(20), "=".repeat(20))));
    }

    #[test]
    fn pictures_have_a_shape_for_each_series() {
        let values: [(&str, &[Option<f64>]); 2] =
            [("a", &[Some(1.0), Some(2.0)]), ("b", &[Some(3.0), None])];
        for (form, shape, count) in [
            (Form::Lines, "<polyline", 2),
            (Form::Stacked, "<polygon", 2),
            (Form::Bars, "<rect", 3 + 3),
            (Form::Dots, "<circle", 3),
        ] {
            let svg = chart(form, &values).svg();
            assert_eq!(svg.matches(shape).count(), count, "{svg}");
            assert!(svg.contains("<title>A &lt;b&gt; &amp; c</title>"), "{svg}");
            assert!(!svg.contains("NaN"), "{svg}");
        }
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!((short(3.0), short(3.25), short(0.0)), ("3".into(), "3.2".into(), "0".into()));
        assert!((round_up(37.0) - 40.0).abs() < 1e-9 && (round_up(0.0) - 1.0).abs() < 1e-9);
    }
}

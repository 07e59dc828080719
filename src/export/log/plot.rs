//! Plots as SVG inside the page: no script, nothing loaded, readable in print and without colour.

use std::fmt::Write;

use jiff::civil::Date;

use super::words::{DAYS, LINE, NOTHING, SHARE, WEEKS};
use crate::{
    case::log::{Punctuality, Summary},
    export::head::Language,
};

/// The drawing's size, in its own units; the page scales it.
const WIDTH: u32 = 720;
const HEIGHT: u32 = 200;
/// Room for the numbers at the left, the labels below, and a line above.
const LEFT: u32 = 44;
const BELOW: u32 = 26;
const ABOVE: u32 = 16;
const FIELD: u32 = HEIGHT - BELOW - ABOVE;
/// The promise of the policy.
const PROMISED: i64 = 30;
/// Days that have a bar of their own; later answers share the last one.
const LAST_DAY: i64 = 60;

/// One bar.
struct Bar {
    value: u64,
    /// What is written under it; may be empty
    label: String,
    /// What is written over it; may be empty
    over: String,
    /// What a pointer that rests on it is told
    told: String,
    /// Whether it is on the wrong side of a promise
    late: bool,
}

/// A drawing of bars.
struct Plot {
    title: &'static str,
    bars: Vec<Bar>,
    /// The value of the top
    top: u64,
    /// What follows the numbers at the left
    unit: &'static str,
    /// A line before this bar, with its name
    line: Option<(usize, &'static str)>,
}

/// All plots of a log.
pub(super) fn plots(summary: &Summary, language: Language) -> String {
    [weeks(summary, language), days(summary, language), share(summary, language)]
        .iter()
        .map(|plot| plot.draw(language))
        .collect()
}

fn weeks(summary: &Summary, language: Language) -> Plot {
    let first = summary.weeks.keys().next().copied();
    let last = summary.weeks.keys().next_back().copied();
    let mut bars = Vec::new();
    let mut month = None;
    let mut week = first;
    while let (Some(day), Some(last)) = (week.filter(|week| Some(*week) <= last), last) {
        let value = summary.weeks.get(&day).copied().unwrap_or(0);
        let new = month.replace((day.year(), day.month())) != Some((day.year(), day.month()));
        let label = if new { day.strftime("%Y-%m").to_string() } else { String::new() };
        bars.push(Bar { value, label, over: String::new(), told: format!("{day}: {value}"), late: false });
        week = if day < last { day.checked_add(jiff::Span::new().days(7)).ok() } else { None };
    }
    let top = bars.iter().map(|bar| bar.value).max().unwrap_or(0);
    Plot { title: WEEKS.of(language), bars, top, unit: "", line: None }
}

fn days(summary: &Summary, language: Language) -> Plot {
    let longest = summary.max_days().map_or(0, |longest| longest.clamp(PROMISED + 5, LAST_DAY + 1));
    let mut bars: Vec<Bar> = (0..=longest)
        .filter(|_| !summary.days.is_empty())
        .map(|day| {
            let label = match day {
                _ if day > LAST_DAY => format!("{LAST_DAY}+"),
                _ if day % 5 == 0 => day.to_string(),
                _ => String::new(),
            };
            Bar { value: 0, label, over: String::new(), told: String::new(), late: day > PROMISED }
        })
        .collect();
    for (day, count) in &summary.days {
        let at = usize::try_from((*day).clamp(0, longest)).unwrap_or(0);
        if let Some(bar) = bars.get_mut(at) {
            bar.value += count;
        }
    }
    for (day, bar) in bars.iter_mut().enumerate() {
        bar.told = format!("{day}: {}", bar.value);
    }
    let top = bars.iter().map(|bar| bar.value).max().unwrap_or(0);
    let line = usize::try_from(PROMISED + 1).ok().map(|at| (at, LINE.of(language)));
    Plot { title: DAYS.of(language), bars, top, unit: "", line }
}

fn share(summary: &Summary, language: Language) -> Plot {
    let bar = |(month, judged): (&Date, &Punctuality)| {
        let share = judged.per_mille()?;
        let percent = format!("{}.{}", share / 10, share % 10);
        let told =
            format!("{}: {percent} % ({}/{})", month.strftime("%Y-%m"), judged.on_time, judged.on_time + judged.late);
        Some(Bar { value: share, label: month.strftime("%Y-%m").to_string(), over: percent, told, late: false })
    };
    let bars: Vec<Bar> = summary.months.iter().filter_map(bar).collect();
    Plot { title: SHARE.of(language), bars, top: 1000, unit: " %", line: None }
}

impl Plot {
    fn draw(&self, language: Language) -> String {
        let mut svg = format!("<figure>\n<figcaption>{}</figcaption>\n", self.title);
        if self.bars.is_empty() {
            let _ = writeln!(svg, "<p class=\"none\">{}</p>\n</figure>", NOTHING.of(language));
            return svg;
        }
        let _ = writeln!(
            svg,
            "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\" class=\"plot\">",
            self.title
        );
        self.scale(&mut svg);
        self.bars(&mut svg);
        svg.push_str("</svg>\n</figure>\n");
        svg
    }

    /// Lines at the top, in the middle and at the bottom, with their numbers.
    fn scale(&self, svg: &mut String) {
        let halves = if self.top > 1 && self.top.is_multiple_of(2) { &[0, 1, 2][..] } else { &[0, 2][..] };
        for half in halves {
            let y = ABOVE + FIELD - FIELD * half / 2;
            let value = self.top * u64::from(*half) / 2;
            let value = if self.unit.is_empty() { value } else { value / 10 };
            let (left, unit) = (LEFT - 6, self.unit);
            let _ = writeln!(
                svg,
                "<path d=\"M{LEFT} {y}H{WIDTH}\" class=\"rule\"/><text x=\"{left}\" y=\"{}\" text-anchor=\"end\">{value}{unit}</text>",
                y + 4
            );
        }
    }

    fn bars(&self, svg: &mut String) {
        // hundredths of a unit, so that bars of a long period are still told apart
        let step = u64::from(WIDTH - LEFT) * 100 / (self.bars.len() as u64).max(1);
        let wide = (step * 4 / 5).clamp(20, 4000);
        let mut free = 0;
        for (at, bar) in self.bars.iter().enumerate() {
            let x = u64::from(LEFT) * 100 + step * at as u64 + (step - wide.min(step)) / 2;
            let height = u64::from(FIELD) * 100 * bar.value / self.top.max(1);
            let y = u64::from(ABOVE + FIELD) * 100 - height;
            let class = if bar.late { "bar late" } else { "bar" };
            let _ = writeln!(
                svg,
                "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" class=\"{class}\"><title>{}</title></rect>",
                hundredths(x),
                hundredths(y),
                hundredths(wide),
                hundredths(height),
                bar.told
            );
            let middle = x + wide / 2;
            if !bar.over.is_empty() && step > 2500 {
                let (middle, y) = (hundredths(middle), hundredths(y.saturating_sub(300)));
                let _ = writeln!(svg, "<text x=\"{middle}\" y=\"{y}\" text-anchor=\"middle\">{}</text>", bar.over);
            }
            if !bar.label.is_empty() && middle >= free {
                let _ = writeln!(
                    svg,
                    "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                    hundredths(middle.min(u64::from(WIDTH) * 100 - 2000)),
                    HEIGHT - 8,
                    bar.label
                );
                free = middle + 620 * bar.label.len() as u64 + 600;
            }
        }
        if let Some((at, name)) = self.line.filter(|(at, _)| *at < self.bars.len()) {
            let x = hundredths(u64::from(LEFT) * 100 + step * at as u64);
            let bottom = ABOVE + FIELD;
            let _ = writeln!(
                svg,
                "<path d=\"M{x} 4V{bottom}\" class=\"promise\"/><text x=\"{x}\" y=\"12\" dx=\"5\" class=\"promised\">{name}</text>"
            );
        }
    }
}

/// A number with two decimals.
fn hundredths(number: u64) -> String {
    format!("{}.{:02}", number / 100, number % 100)
}

/// Whether a phrase is harmless inside the drawing; all of ours are.
#[cfg(test)]
fn is_plain(twin: super::words::Twin) -> bool {
    [twin.en, twin.zh].iter().all(|text| !text.contains(['<', '&', '"', '>']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_phrases_need_no_escaping() {
        assert!([WEEKS, DAYS, SHARE, LINE, NOTHING].into_iter().all(is_plain));
    }

    #[test]
    fn a_bar_is_as_high_as_its_share_of_the_top() {
        let mut summary = Summary::default();
        summary.days.extend([(10, 4), (31, 2), (90, 1)]);
        let svg = days(&summary, Language::En).draw(Language::En);
        let field = format!("height=\"{FIELD}.00\"");
        let half = format!("height=\"{}.00\"", FIELD / 2);
        assert_eq!((svg.matches(&field).count(), svg.matches(&half).count()), (1, 1));
        assert!(svg.contains("<title>61: 1</title>"), "what is off the scale shares the last bar");
        assert!(
            svg.contains("class=\"bar late\"><title>31: 2</title>")
                && svg.contains("class=\"bar\"><title>10: 4</title>")
        );
        assert!(svg.contains(">30 days</text>"));
    }

    #[test]
    fn weeks_without_requests_have_their_place() {
        let mut summary = Summary::default();
        summary.weeks.extend([(jiff::civil::date(2026, 11, 2), 1), (jiff::civil::date(2026, 11, 23), 2)]);
        let values: Vec<u64> = weeks(&summary, Language::En).bars.iter().map(|bar| bar.value).collect();
        assert_eq!(values, [1, 0, 0, 2]);
    }

    #[test]
    fn nothing_is_said_to_be_nothing() {
        let drawn = plots(&Summary::default(), Language::En);
        assert_eq!(drawn.matches(NOTHING.en).count(), 3);
        assert!(!drawn.contains("<svg"));
    }
}

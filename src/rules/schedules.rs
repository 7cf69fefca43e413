//! The expressions of schedules: `rate(5 minutes)`, `cron(0 18 ? * MON-FRI *)`, `at(2026-11-22T13:00:00)`.
//!
//! Sources: <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html> and
//! <https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html>.

/// Who reads the expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reader {
    /// A rule of EventBridge.
    Rule,
    /// EventBridge Scheduler.
    Scheduler,
}

/// What is wrong with an expression, and what mends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// A clause about the expression: "a rate of 1 is per `minute`".
    pub(super) what: String,
    /// What to write.
    pub(super) help: String,
}

impl Fault {
    fn new(what: impl Into<String>, help: impl Into<String>) -> Option<Self> {
        Some(Self { what: what.into(), help: help.into() })
    }
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Why the expression is refused; `None` when it is not, as far as is known.
pub(super) fn fault(expression: &str, reader: Reader) -> Option<Fault> {
    let expression = expression.trim();
    let forms = match reader {
        Reader::Rule => "`rate(…)` or `cron(…)`",
        Reader::Scheduler => "`rate(…)`, `cron(…)` or `at(…)`",
    };
    let Some((form, inside)) = call(expression) else {
        let fields = expression.split_whitespace().count();
        let help = match fields {
            5 | 6 if expression.contains('*') => {
                format!(
                    "write `cron({expression})`, with six fields: minutes hours day-of-month month day-of-week year"
                )
            }
            2 => format!("write `rate({expression})`"),
            _ => format!("write {forms}"),
        };
        return Fault::new(format!("`{expression}` is not {forms}"), help);
    };
    match (form, reader) {
        ("rate", _) => rate(inside, reader),
        ("cron", _) => cron(inside),
        ("at", Reader::Scheduler) => at(inside),
        ("at", Reader::Rule) => Fault::new(
            "a rule has no `at(…)`",
            "use an `AWS::Scheduler::Schedule` (`ScheduleV2` in SAM) for what runs once",
        ),
        _ => {
            let lower = form.to_ascii_lowercase();
            let help = if matches!(lower.as_str(), "rate" | "cron" | "at") {
                format!("write `{lower}` in lower case")
            } else {
                format!("write {forms}")
            };
            Fault::new(format!("`{expression}` is not {forms}"), help)
        }
    }
}

/// How often it runs, in seconds, when that is one number.
pub(super) fn period(expression: &str) -> Option<u64> {
    let (form, inside) = call(expression.trim())?;
    match form {
        "rate" => {
            let mut words = inside.split_whitespace();
            let value: u64 = words.next()?.parse().ok()?;
            let unit = match words.next()?.trim_end_matches('s') {
                "minute" => MINUTE,
                "hour" => HOUR,
                "day" => DAY,
                _ => return None,
            };
            value.checked_mul(unit).filter(|seconds| *seconds > 0)
        }
        "cron" => {
            let step = |field: &str, most: u64| match field.split_once('/') {
                Some(("*" | "0", step)) => step.parse().ok().filter(|step| (1..most).contains(step)),
                None if field == "*" => Some(1),
                _ => None,
            };
            let mut fields = inside.split_whitespace();
            let (minutes, hours) = (fields.next()?, fields.next()?);
            step(minutes, 60).map(|minutes| minutes * MINUTE).or_else(|| {
                let fixed = minutes.parse::<u64>().is_ok();
                step(hours, 24).filter(|_| fixed).map(|hours| hours * HOUR)
            })
        }
        _ => None,
    }
}

/// A form and what stands between its parentheses.
fn call(expression: &str) -> Option<(&str, &str)> {
    let (form, rest) = expression.split_once('(')?;
    let inside = rest.strip_suffix(')')?;
    (!form.is_empty() && form.bytes().all(|byte| byte.is_ascii_alphabetic())).then_some((form, inside))
}

fn rate(inside: &str, reader: Reader) -> Option<Fault> {
    let words: Vec<&str> = inside.split_whitespace().collect();
    let [value, unit] = words.as_slice() else {
        return Fault::new(
            format!("`rate({inside})` is no number and unit"),
            "write a number, a space and a unit: `rate(5 minutes)`",
        );
    };
    let number = match value.parse::<u64>() {
        Ok(number) if number > 0 && value.bytes().all(|byte| byte.is_ascii_digit()) => number,
        _ => {
            return Fault::new(
                format!("a rate is a whole number above 0, not `{value}`"),
                "write `rate(1 minute)` or more",
            );
        }
    };
    let lower = unit.to_ascii_lowercase();
    let singular = lower.trim_end_matches('s');
    if !matches!(singular, "minute" | "hour" | "day") || lower.len() > singular.len() + 1 {
        let mended = match singular {
            "second" | "sec" => return Fault::new("there are no seconds", "the shortest is `rate(1 minute)`"),
            "hr" | "h" => "hours",
            "d" => "days",
            "week" => {
                return Fault::new("there are no weeks", format!("write `rate({} days)`", number.saturating_mul(7)));
            }
            _ => "minutes",
        };
        return Fault::new(
            format!("`{unit}` is no unit of a rate"),
            format!("write minutes, hours or days: `rate({number} {mended})`"),
        );
    }
    // What Scheduler does with the wrong number is not written anywhere.
    let plural = lower.len() > singular.len();
    if reader == Reader::Rule && plural != (number > 1) {
        let unit = if number > 1 { format!("{singular}s") } else { singular.to_owned() };
        return Fault::new(format!("a rate of {number} is in `{unit}`"), format!("write `rate({number} {unit})`"));
    }
    None
}

/// A field of a cron expression.
struct Field {
    name: &'static str,
    least: u32,
    most: u32,
    names: &'static [&'static str],
    /// Whether `?`, `L`, `W` and `#` can stand in it.
    special: &'static str,
}

const MONTHS: &[&str] = &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS: &[&str] = &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const FIELDS: [Field; 6] = [
    Field { name: "minutes", least: 0, most: 59, names: &[], special: "" },
    Field { name: "hours", least: 0, most: 23, names: &[], special: "" },
    Field { name: "day-of-month", least: 1, most: 31, names: &[], special: "?LW" },
    Field { name: "month", least: 1, most: 12, names: MONTHS, special: "" },
    Field { name: "day-of-week", least: 1, most: 7, names: DAYS, special: "?L#" },
    Field { name: "year", least: 1970, most: 2199, names: &[], special: "" },
];

fn cron(inside: &str) -> Option<Fault> {
    // Commas at the end of fields are said to do no harm.
    let fields: Vec<&str> = inside.split_whitespace().map(|field| field.trim_end_matches(',')).collect();
    let [_, _, day_of_month, _, day_of_week, _] = fields.as_slice() else {
        let help = match fields.as_slice() {
            [minutes, hours, day, month, "*"] => {
                format!("write `cron({minutes} {hours} {day} {month} ? *)`: the year comes last")
            }
            [minutes, hours, "*", month, week] => {
                format!("write `cron({minutes} {hours} ? {month} {week} *)`: the year comes last, and Sunday is 1")
            }
            _ => "write minutes, hours, day-of-month, month, day-of-week and year".to_owned(),
        };
        return Fault::new(format!("`cron({inside})` has {} fields instead of six", fields.len()), help);
    };
    // The documents know no `?` in another field, but a much deployed solution of AWS runs on `cron(* ? * * * *)`.
    let elsewhere = FIELDS.iter().zip(&fields).any(|(field, written)| *written == "?" && !field.special.contains('?'));
    if elsewhere {
        return None;
    }
    match (*day_of_month == "?", *day_of_week == "?") {
        (false, false) => {
            let mut mended = fields.clone();
            let at = if *day_of_week == "*" || *day_of_month != "*" { 4 } else { 2 };
            if let Some(field) = mended.get_mut(at) {
                *field = "?";
            }
            return Fault::new(
                "one of day-of-month and day-of-week must be `?`",
                format!("write `cron({})`", mended.join(" ")),
            );
        }
        (true, true) => {
            return Fault::new("only one of day-of-month and day-of-week can be `?`", "write `*` for one of them");
        }
        _ => {}
    }
    FIELDS.iter().zip(&fields).find_map(|(field, written)| field.fault(written))
}

impl Field {
    fn fault(&self, written: &str) -> Option<Fault> {
        if written == "?" && self.special.contains('?') {
            return None;
        }
        written.split(',').find_map(|item| self.item_fault(item))
    }

    fn item_fault(&self, item: &str) -> Option<Fault> {
        let upper = item.to_ascii_uppercase();
        if self.is_special(&upper) {
            return None;
        }
        let (values, step) = match upper.split_once('/') {
            Some((values, step)) => (values, Some(step)),
            None => (upper.as_str(), None),
        };
        if let Some(step) = step
            && !step.parse::<u32>().is_ok_and(|step| step > 0)
        {
            return self.refuse(item, "a step is a whole number above 0");
        }
        if values == "*" || values.is_empty() && step.is_some() {
            return None;
        }
        for value in values.splitn(2, '-') {
            match self.number(value) {
                Some(number) if (self.least..=self.most).contains(&number) => {}
                Some(0) if self.name == "day-of-week" => return self.refuse(item, "Sunday is 1 (`SUN`), Saturday 7"),
                Some(_) => return self.refuse(item, &format!("it goes from {} to {}", self.least, self.most)),
                None if value == "?" => return self.refuse(item, "write `*` for any"),
                None => return self.refuse(item, &self.range()),
            }
        }
        None
    }

    fn range(&self) -> String {
        match (self.names.first(), self.names.last()) {
            (Some(first), Some(last)) => {
                format!("it goes from {} to {}, or from {first} to {last}", self.least, self.most)
            }
            _ => format!("it goes from {} to {}", self.least, self.most),
        }
    }

    fn refuse(&self, item: &str, help: &str) -> Option<Fault> {
        Fault::new(format!("`{item}` is no {}", self.name), help)
    }

    fn number(&self, value: &str) -> Option<u32> {
        if let Ok(number) = value.parse::<u32>() {
            return Some(number);
        }
        // Names may be longer than their three letters: only these are read.
        let index = self.names.iter().position(|name| value.starts_with(name))?;
        u32::try_from(index).ok().map(|index| index + self.least)
    }

    /// `L`, `LW`, `L-3`, `15W`, `6L`, `FRIL`, `3#2`.
    fn is_special(&self, item: &str) -> bool {
        let last = self.special.contains('L');
        let is_day = |value: &str| self.number(value).is_some_and(|number| (self.least..=self.most).contains(&number));
        if last && (item == "L" || item.strip_suffix('L').is_some_and(is_day)) {
            return true;
        }
        if self.special.contains('W') {
            let days_before = item.strip_prefix("L-").map(|days| days.strip_suffix('W').unwrap_or(days));
            return item == "LW" || item.strip_suffix('W').is_some_and(is_day) || days_before.is_some_and(is_day);
        }
        self.special.contains('#')
            && item
                .split_once('#')
                .is_some_and(|(day, week)| is_day(day) && matches!(week, "1" | "2" | "3" | "4" | "5"))
    }
}

fn at(inside: &str) -> Option<Fault> {
    let form = "at(yyyy-mm-ddThh:mm:ss)";
    let written = inside.trim();
    let digits = "0000-00-00T00:00:00";
    let fits = written.len() == digits.len()
        && written
            .chars()
            .zip(digits.chars())
            .all(|(have, want)| if want == '0' { have.is_ascii_digit() } else { have == want });
    if !fits {
        return Fault::new(
            format!("`at({inside})` is no `{form}`"),
            "leave out fractions of a second and the zone, which has a property of its own",
        );
    }
    let part = |from: usize, to: usize| written.get(from..to).and_then(|part| part.parse::<u32>().ok()).unwrap_or(0);
    let date = (1..=12).contains(&part(5, 7)) && (1..=31).contains(&part(8, 10));
    if !date || part(11, 13) > 23 || part(14, 16) > 59 || part(17, 19) > 59 {
        return Fault::new(format!("there is no time `{written}`"), format!("write `{form}`"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good(expression: &str, reader: Reader) {
        assert_eq!(fault(expression, reader), None, "{expression}");
    }

    fn bad(expression: &str, reader: Reader, words: &str) {
        let fault = fault(expression, reader).unwrap_or_else(|| panic!("{expression}"));
        assert!(fault.what.contains(words) || fault.help.contains(words), "{expression}: {fault:?}");
    }

    #[test]
    fn a_question_mark_elsewhere_is_not_judged() {
        good("cron(* ? * * * *)", Reader::Rule);
        good("cron(? 12 * * ? *)", Reader::Rule);
    }

    #[test]
    fn what_the_guides_show_is_good() {
        for expression in [
            "rate(1 minute)",
            "rate(5 minutes)",
            "rate(1 hour)",
            "rate(7 days)",
            "cron(0 10 * * ? *)",
            "cron(0 18 ? * MON-FRI *)",
            "cron(0/15 * * * ? *)",
            "cron(0/30 20-2 ? * MON-FRI *)",
            "cron(5,35 14 * * ? *)",
            "cron(15 10 ? * 6L 2019-2022)",
            "cron(0 9 ? * 2#1 *)",
            "cron(0 9 L * ? *)",
            "cron(0 9 LW * ? *)",
            "cron(0 9 L-3 * ? *)",
            "cron(0 9 15W JAN,FEB,MAR ? *)",
            "cron(*/5 8-17 ? * mon-fri *)",
            "cron(0 0 1/2 * ? *)",
            "cron(5, 0, 1, *, ?, *)",
        ] {
            good(expression, Reader::Rule);
            good(expression, Reader::Scheduler);
        }
        good("at(2026-11-22T13:00:00)", Reader::Scheduler);
    }

    #[test]
    fn what_is_refused_says_why() {
        bad("rate(1 minutes)", Reader::Rule, "`rate(1 minute)`");
        bad("rate(5 minute)", Reader::Rule, "`rate(5 minutes)`");
        bad("rate(0 minutes)", Reader::Rule, "above 0");
        bad("rate(1.5 hours)", Reader::Rule, "above 0");
        bad("rate(5)", Reader::Rule, "a number, a space and a unit");
        bad("rate(30 seconds)", Reader::Scheduler, "no seconds");
        bad("rate(5 mins)", Reader::Rule, "`rate(5 minutes)`");
        bad("5 minutes", Reader::Rule, "`rate(5 minutes)`");
        bad("0 12 * * *", Reader::Rule, "six fields");
        bad("cron(0 12 * * *)", Reader::Rule, "`cron(0 12 * * ? *)`");
        bad("cron(0 12 * * 1)", Reader::Rule, "`cron(0 12 ? * 1 *)`");
        bad("cron(0 12 * * * *)", Reader::Rule, "`cron(0 12 * * ? *)`");
        bad("cron(0 12 * * MON *)", Reader::Scheduler, "`cron(0 12 ? * MON *)`");
        bad("cron(0 12 ? * ? *)", Reader::Rule, "only one");
        bad("cron(0 12 ? * 0 *)", Reader::Rule, "Sunday is 1");
        bad("cron(60 12 * * ? *)", Reader::Rule, "from 0 to 59");
        bad("cron(0 24 * * ? *)", Reader::Rule, "from 0 to 23");
        bad("cron(0 12 * FOO ? *)", Reader::Rule, "JAN to DEC");
        bad("cron(0/0 12 * * ? *)", Reader::Rule, "a step");
        bad("at(2026-11-22T13:00:00)", Reader::Rule, "`at(…)`");
        bad("at(2026-11-22T13:00:00Z)", Reader::Scheduler, "zone");
        bad("at(2026-13-22T13:00:00)", Reader::Scheduler, "no time");
        bad("Rate(5 minutes)", Reader::Rule, "lower case");
        bad("", Reader::Rule, "is not");
    }

    #[test]
    fn the_period_is_known_where_it_is_one_number() {
        assert_eq!(period("rate(5 minutes)"), Some(300));
        assert_eq!(period("rate(1 day)"), Some(86_400));
        assert_eq!(period("cron(0/10 * ? * MON-FRI *)"), Some(600));
        assert_eq!(period("cron(* * * * ? *)"), Some(60));
        assert_eq!(period("cron(0 */2 * * ? *)"), Some(7_200));
        assert_eq!(period("cron(0 12 * * ? *)"), None);
        assert_eq!(period("at(2026-11-22T13:00:00)"), None);
        assert_eq!(period("rate(99999999999999999999 days)"), None);
    }
}

//! A day of the proleptic Gregorian calendar. Facts carry days and are compared with the day that the caller
//! names; nothing here asks for today.

use std::fmt;
use std::str::FromStr;

/// A day. Ordered by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// The text is no day in the form `2026-11-22`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotADate;

impl fmt::Display for NotADate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a day in the form YYYY-MM-DD")
    }
}

impl std::error::Error for NotADate {}

impl Date {
    /// The first day that can be told.
    pub const MIN: Self = Self { year: 1, month: 1, day: 1 };
    /// The last day that can be told.
    pub const MAX: Self = Self { year: 9999, month: 12, day: 31 };

    /// The day, if the calendar has it and its year is 1 to 9999.
    #[must_use]
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let valid = (1..=9999).contains(&year) && day >= 1 && day <= days_in_month(year, month);
        valid.then_some(Self { year, month, day })
    }

    /// A day of a generated table, which the build script has checked.
    #[must_use]
    pub(crate) const fn of_table(year: u16, month: u8, day: u8) -> Self {
        Self { year, month, day }
    }

    /// The UTC day that a point in time falls on, given in seconds since 1970-01-01. Beyond the years 1 to 9999
    /// the nearest day.
    #[must_use]
    pub fn from_unix_seconds(seconds: i64) -> Self {
        Self::from_day_number(seconds.div_euclid(86_400))
    }

    /// The year, 1 to 9999.
    #[must_use]
    pub fn year(self) -> u16 {
        self.year
    }

    /// The month, 1 to 12.
    #[must_use]
    pub fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, from 1.
    #[must_use]
    pub fn day(self) -> u8 {
        self.day
    }

    /// How many days lie between this day and a `later` one; negative when that is earlier.
    #[must_use]
    pub fn days_until(self, later: Self) -> i64 {
        later.day_number() - self.day_number()
    }

    /// The day so many days later (earlier when negative), at most [`Date::MAX`] and at least [`Date::MIN`].
    #[must_use]
    pub fn add_days(self, days: i64) -> Self {
        Self::from_day_number(self.day_number().saturating_add(days))
    }

    /// Days since 1970-01-01. The year is taken to begin in March, so that the leap day is its last; an era is
    /// 400 years, after which the calendar repeats.
    fn day_number(self) -> i64 {
        let (month, day) = (i64::from(self.month), i64::from(self.day));
        let year = i64::from(self.year) - i64::from(month <= 2);
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let month_from_march = (month + 9) % 12;
        let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * 146_097 + day_of_era - 719_468
    }

    fn from_day_number(number: i64) -> Self {
        let number = number.clamp(Self::MIN.day_number(), Self::MAX.day_number()) + 719_468;
        let era = number.div_euclid(146_097);
        let day_of_era = number.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        // The clamp above keeps every part in range.
        Self {
            year: u16::try_from(year).unwrap_or(Self::MAX.year),
            month: u8::try_from(month).unwrap_or(Self::MAX.month),
            day: u8::try_from(day).unwrap_or(Self::MAX.day),
        }
    }
}

fn days_in_month(year: u16, month: u8) -> u8 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    }
}

impl FromStr for Date {
    type Err = NotADate;

    /// Reads `2026-11-22`: ten characters, a day that exists.
    fn from_str(text: &str) -> Result<Self, NotADate> {
        let mut parts = text.split('-');
        let mut part = |length: usize| {
            let part = parts.next().filter(|part| part.len() == length)?;
            part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<u16>().ok())?
        };
        let (year, month, day) = (part(4), part(2), part(2));
        let (Some(year), Some(month), Some(day), None) = (year, month, day, parts.next()) else {
            return Err(NotADate);
        };
        let (Ok(month), Ok(day)) = (u8::try_from(month), u8::try_from(day)) else { return Err(NotADate) };
        Self::new(year, month, day).ok_or(NotADate)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn reads_and_prints_iso_days() {
        assert_eq!(date("2026-11-22").to_string(), "2026-11-22");
        assert_eq!(date("2024-02-29"), Date::new(2024, 2, 29).unwrap());
        assert_eq!((date("0001-01-01"), date("9999-12-31")), (Date::MIN, Date::MAX));
    }

    #[test]
    fn refuses_what_is_no_day() {
        for text in
            ["", "2026", "2026-11", "2026-11-31", "2025-02-29", "1900-02-29", "2026-00-01", "2026-13-01", "2026-01-00"]
        {
            assert_eq!(text.parse::<Date>(), Err(NotADate), "{text}");
        }
        for text in ["26-11-22", "2026-1-2", "2026-11-22 ", "2026-11-22-01", "+026-11-22", "2026/11/22", "٢٠٢٦-11-22"]
        {
            assert_eq!(text.parse::<Date>(), Err(NotADate), "{text}");
        }
    }

    #[test]
    fn counts_days_across_leap_days_and_centuries() {
        assert_eq!(date("2026-11-22").days_until(date("2027-02-01")), 71);
        assert_eq!(date("2024-02-28").add_days(1), date("2024-02-29"));
        assert_eq!(date("2023-02-28").add_days(1), date("2023-03-01"));
        assert_eq!(date("1900-02-28").add_days(1), date("1900-03-01"));
        assert_eq!(date("2000-03-01").add_days(-1), date("2000-02-29"));
        assert_eq!(date("2026-11-22").days_until(date("2026-11-21")), -1);
        assert_eq!((Date::MAX.add_days(i64::MAX), Date::MIN.add_days(i64::MIN)), (Date::MAX, Date::MIN));
    }

    #[test]
    fn every_day_comes_after_the_one_before() {
        let mut day = date("1999-12-31");
        let mut count = 0;
        while day < date("2101-01-01") {
            let next = day.add_days(1);
            assert!(next > day && day.days_until(next) == 1, "{day} {next}");
            assert_eq!(next.to_string().parse(), Ok(next));
            day = next;
            count += 1;
        }
        assert_eq!(count, 36_891, "101 years with 25 leap days, and one day");
    }

    #[test]
    fn tells_the_day_of_a_unix_time() {
        assert_eq!(Date::from_unix_seconds(0), date("1970-01-01"));
        assert_eq!(Date::from_unix_seconds(-1), date("1969-12-31"));
        assert_eq!(Date::from_unix_seconds(1_795_305_600 - 1), date("2026-11-21"));
        assert_eq!(Date::from_unix_seconds(1_795_305_600), date("2026-11-22"));
        assert_eq!((Date::from_unix_seconds(i64::MAX), Date::from_unix_seconds(i64::MIN)), (Date::MAX, Date::MIN));
    }
}

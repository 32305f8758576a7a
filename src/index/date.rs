//! Dates as people know them: a year, a month or a day.

/// Whether a text is `YYYY`, `YYYY-MM` or `YYYY-MM-DD` and names a date that exists.
pub fn is_date(text: &str) -> bool {
    let digits = |part: &str, count: usize| part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit());
    let mut parts = text.split('-');
    let year = parts.next().is_some_and(|year| digits(year, 4));
    let month = parts.next();
    let day = parts.next();
    let number = |part: &str| if digits(part, 2) { part.parse().unwrap_or(0) } else { 0_u32 };
    let month_number = month.map(number);
    let days = match month_number {
        Some(2) => 29,
        Some(4 | 6 | 9 | 11) => 30,
        _ => 31,
    };
    year && parts.next().is_none()
        && month_number.is_none_or(|month| (1..=12).contains(&month))
        && day.map(number).is_none_or(|day| (1..=days).contains(&day))
}

/// The day in UTC, `YYYY-MM-DD`, of a time in milliseconds since 1970.
///
/// The conversion is Howard Hinnant's `civil_from_days`.
pub fn utc_date(milliseconds: i64) -> String {
    let days = milliseconds.div_euclid(86_400_000) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_years_months_or_days() {
        for good in ["2017", "2017-11", "2017-11-14", "2024-02-29"] {
            assert!(is_date(good), "{good}");
        }
        for bad in ["", "17", "2017-13", "2017-00", "2017-11-31", "2017-11-14-1", "2017-1-1", "20l7", "2017-02-30"] {
            assert!(!is_date(bad), "{bad}");
        }
    }

    #[test]
    fn days_are_counted_from_1970() {
        assert_eq!(utc_date(0), "1970-01-01");
        assert_eq!(utc_date(1_510_617_600_000), "2017-11-14");
        assert_eq!(utc_date(1_709_164_800_000 - 1), "2024-02-28");
        assert_eq!(utc_date(-1), "1969-12-31");
    }
}

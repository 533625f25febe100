#pragma once

#include <cstdint>

// The proleptic Gregorian calendar (ISO 8601): days and seconds since 1970-01-01, without zones and leap
// seconds. Algorithms: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
namespace ruff::builtins {

struct CivilDate {
    std::int64_t year = 1970;
    int month = 1;  // 1 to 12
    int day = 1;    // 1 to 31
};

struct CivilTime {
    CivilDate date;
    int hour = 0;
    int minute = 0;
    int second = 0;
};

/// Points in time are limited to the years ±250,000 or so: what fits seconds in a double exactly, with room
/// to spare.
inline constexpr std::int64_t kMaxSeconds = 8'000'000'000'000;

[[nodiscard]] std::int64_t days_from_civil(const CivilDate& date);
[[nodiscard]] CivilDate civil_from_days(std::int64_t days);

[[nodiscard]] std::int64_t seconds_from_civil(const CivilTime& time);
[[nodiscard]] CivilTime civil_from_seconds(std::int64_t seconds);

[[nodiscard]] bool is_leap_year(std::int64_t year);
[[nodiscard]] int days_in_month(std::int64_t year, int month);
/// 1 Monday to 7 Sunday.
[[nodiscard]] int weekday_of(std::int64_t days);
/// 1 to 366.
[[nodiscard]] int day_of_year(const CivilDate& date);

struct IsoWeek {
    std::int64_t year;
    int week;  // 1 to 53
};
[[nodiscard]] IsoWeek iso_week_of(std::int64_t days);

/// `months` later (or earlier); the day is held to the length of the month.
[[nodiscard]] CivilDate add_months(CivilDate date, std::int64_t months);

}  // namespace ruff::builtins

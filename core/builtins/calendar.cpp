#include "core/builtins/calendar.h"

#include <algorithm>

namespace ruff::builtins {
namespace {

constexpr std::int64_t kSecondsPerDay = 86400;

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
    return a / b - (a % b != 0 && (a % b < 0) != (b < 0) ? 1 : 0);
}

}  // namespace

// Years begin in March here, so that the leap day is the last of its year; 400 years are an era of 146097
// days.
std::int64_t days_from_civil(const CivilDate& date) {
    std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
    std::int64_t era = floor_divide(year, 400);
    std::int64_t year_of_era = year - era * 400;
    std::int64_t day_of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
    std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

CivilDate civil_from_days(std::int64_t days) {
    days += 719468;
    std::int64_t era = floor_divide(days, 146097);
    std::int64_t day_of_era = days - era * 146097;
    std::int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
    CivilDate date;
    date.day = static_cast<int>(day_of_year - (153 * month_from_march + 2) / 5 + 1);
    date.month = static_cast<int>(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
    date.year = year_of_era + era * 400 + (date.month <= 2 ? 1 : 0);
    return date;
}

std::int64_t seconds_from_civil(const CivilTime& time) {
    return days_from_civil(time.date) * kSecondsPerDay + time.hour * 3600 + time.minute * 60 + time.second;
}

CivilTime civil_from_seconds(std::int64_t seconds) {
    std::int64_t days = floor_divide(seconds, kSecondsPerDay);
    auto rest = static_cast<int>(seconds - days * kSecondsPerDay);
    return {civil_from_days(days), rest / 3600, rest / 60 % 60, rest % 60};
}

bool is_leap_year(std::int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int days_in_month(std::int64_t year, int month) {
    constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap_year(year) ? 29 : kDays[month - 1];
}

int weekday_of(std::int64_t days) {
    std::int64_t since_monday = (days + 3) % 7;  // 1970-01-01 was a Thursday
    return static_cast<int>(since_monday < 0 ? since_monday + 8 : since_monday + 1);
}

int day_of_year(const CivilDate& date) {
    return static_cast<int>(days_from_civil(date) - days_from_civil({date.year, 1, 1})) + 1;
}

// The week belongs to the year that its Thursday is in.
IsoWeek iso_week_of(std::int64_t days) {
    CivilDate thursday = civil_from_days(days + 4 - weekday_of(days));
    return {thursday.year, (day_of_year(thursday) - 1) / 7 + 1};
}

CivilDate add_months(CivilDate date, std::int64_t months) {
    std::int64_t total = date.year * 12 + (date.month - 1) + months;
    date.year = floor_divide(total, 12);
    date.month = static_cast<int>(total - date.year * 12) + 1;
    date.day = std::min(date.day, days_in_month(date.year, date.month));
    return date;
}

}  // namespace ruff::builtins

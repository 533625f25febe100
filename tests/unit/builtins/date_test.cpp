#include "core/builtins/calendar.h"
#include "core/builtins/date_text.h"
#include "core/builtins/time_zone.h"
#include "tests/support/catch.h"

using namespace ruff;
using namespace ruff::builtins;

namespace {

std::string shown(double moment, std::string_view format, std::string_view zone = "UTC") {
    return *format_moment(moment, format, **TimeZone::find(zone));
}

double read(std::string_view text) { return *parse_iso_date(text, **TimeZone::find("UTC")); }

bool is_refused(std::string_view text) { return !parse_iso_date(text, **TimeZone::find("UTC")); }

double read_as(std::string_view text, std::string_view format) {
    Result<double> moment = parse_date_as(text, format, **TimeZone::find("UTC"));
    return moment ? *moment : -1;
}

// Central European Time from its rule alone, so that the test needs no zone database.
TimeZone central_europe() {
    std::string file = "TZif2" + std::string(15, '\0');
    std::string counts = std::string(3, '\0') + '\0';
    auto block = [&](std::string body) {
        // no ut, standard, leap, transitions; one type, four bytes of names
        return std::string("TZif2") + std::string(15, '\0') + std::string(16, '\0') +
               std::string("\0\0\0\1\0\0\0\4", 8) + body;
    };
    std::string body = std::string("\0\0\x0e\x10\0\0", 6) + std::string("CET\0", 4);
    return *TimeZone::from_file(block(body) + block(body) + "\nCET-1CEST,M3.5.0,M10.5.0/3\n");
}

}  // namespace

TEST_CASE("days and dates are two names of one thing", "[builtins][time]") {
    CHECK(days_from_civil({1970, 1, 1}) == 0);
    CHECK(days_from_civil({2000, 3, 1}) == 11017);
    CHECK(days_from_civil({0, 1, 1}) == -719528);
    for (std::int64_t days = -1'000'000; days < 1'000'000; days += 97) {
        CivilDate date = civil_from_days(days);
        REQUIRE(days_from_civil(date) == days);
        REQUIRE(date.day <= days_in_month(date.year, date.month));
    }
    CHECK(weekday_of(0) == 4);
    CHECK(weekday_of(-4) == 7);
    CHECK(iso_week_of(days_from_civil({2021, 1, 3})).week == 53);
    CHECK(iso_week_of(days_from_civil({2024, 12, 30})).year == 2025);
    CHECK(add_months({2024, 1, 31}, 1).day == 29);
    CHECK(add_months({2024, 3, 31}, -13).month == 2);
    CHECK(add_months({2024, 3, 31}, -13).year == 2023);
}

TEST_CASE("moments are written", "[builtins][time]") {
    CHECK(shown(0, "ISO") == "1970-01-01T00:00:00Z");
    CHECK(shown(0.25, "ISO") == "1970-01-01T00:00:00.250Z");
    CHECK(shown(-1, "ISO") == "1969-12-31T23:59:59Z");
    CHECK(shown(0, "ISO", "+05:30") == "1970-01-01T05:30:00+05:30");
    CHECK(shown(1e9, "%Y-%m-%d %H:%M:%S %j %u %V") == "2001-09-09 01:46:40 252 7 36");
    CHECK(shown(1e9, "%a %A %b %B %p %I %-d %e %%") == "Sun Sunday Sep September AM 01 9  9 %");
    CHECK(shown(1e9, "%z %:z", "-0330") == "-0330 -03:30");
    CHECK_FALSE(format_moment(0, "%Q", **TimeZone::find("UTC")));
    CHECK_FALSE(format_moment(1e18, "ISO", **TimeZone::find("UTC")));
    CHECK_FALSE(TimeZone::find("Nowhere/City"));
    CHECK_FALSE(TimeZone::find("../etc/passwd"));
}

TEST_CASE("dates are read", "[builtins][time]") {
    CHECK(read("2001-09-09T01:46:40Z") == 1e9);
    CHECK(read("2001-09-09 01:46:40.5") == 1e9 + 0.5);
    CHECK(read("2001-09-09T03:46:40+02:00") == 1e9);
    CHECK(read("1970-01-02") == 86400);
    CHECK(read("1970-02") == 31 * 86400);
    CHECK(read("1970-01-01T24:00") == 86400);
    CHECK(is_refused("2023-02-29"));
    CHECK(is_refused("2023-13-01"));
    CHECK(is_refused("2023-01-01T25:00"));
    CHECK(is_refused("2023-01-01x"));
    CHECK(is_refused("yesterday"));
    CHECK(read_as("2.1.1970", "%d.%m.%Y") == 86400);
    CHECK(read_as("Jan 2, 70 01:30 PM", "%b %d, %y %I:%M %p") == 86400 + 13.5 * 3600);
    CHECK(read_as("Thursday 1 january 1970 +0100", "%A %d %B %Y %z") == -3600);
    CHECK(read_as("1970-060", "%Y-%j") == 59 * 86400);
    CHECK(read_as("31.02.2020", "%d.%m.%Y") == -1);
    CHECK(read_as("1970", "%Q") == -1);
}

TEST_CASE("zones with summer time", "[builtins][time]") {
    TimeZone zone = central_europe();
    auto winter = static_cast<std::int64_t>(read("2024-01-15T12:00:00Z"));
    auto summer = static_cast<std::int64_t>(read("2024-07-15T12:00:00Z"));
    CHECK(zone.offset_at(winter).seconds_east == 3600);
    CHECK(zone.offset_at(summer).seconds_east == 7200);
    CHECK(zone.offset_at(summer).abbreviation == "CEST");
    CHECK(zone.offset_at(static_cast<std::int64_t>(read("2024-03-31T00:59:59Z"))).seconds_east == 3600);
    CHECK(zone.offset_at(static_cast<std::int64_t>(read("2024-03-31T01:00:00Z"))).seconds_east == 7200);
    auto local = [](std::string_view text) { return static_cast<std::int64_t>(read(text)); };
    CHECK(zone.moment_of(local("2024-07-15T12:00:00Z")) == local("2024-07-15T10:00:00Z"));
    CHECK(zone.moment_of(local("2024-10-27T02:30:00Z")) ==
          local("2024-10-27T00:30:00Z"));  // twice: the first
    CHECK(zone.moment_of(local("2024-03-31T02:30:00Z")) == local("2024-03-31T01:30:00Z"));  // skipped: 03:30
    CHECK_FALSE(TimeZone::from_file("TZif"));
    CHECK_FALSE(parse_zone_rule("X"));
}

TEST_CASE("durations in words", "[builtins][time]") {
    CHECK(format_duration(0) == "0ms");
    CHECK(format_duration(999) == "999ms");
    CHECK(format_duration(1500) == "1s 500ms");
    CHECK(format_duration(90500) == "1m 30s");
    CHECK(format_duration(3600000) == "1h");
    CHECK(format_duration(90061000) == "1d 1h");
    CHECK(format_duration(-2500) == "-2s 500ms");
}

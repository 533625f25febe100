#pragma once

#include <string>
#include <string_view>

#include "core/builtins/time_zone.h"
#include "core/support/result.h"

// Points in time as text. They are seconds since 1970 UTC, with a fraction of which milliseconds are shown.
namespace ruff::builtins {

/// A point in time apart from its milliseconds, as a zone shows it.
struct SplitMoment {
    std::int64_t seconds = 0;  // since 1970 UTC, rounded down
    int milliseconds = 0;      // 0 to 999
};
/// Rounds to the nearest millisecond. Fails for NaN and what is beyond kMaxSeconds.
[[nodiscard]] Result<SplitMoment> split_moment(double moment);

/// `ISO`, or a format of strftime: `%a %A %b %B %c %C %d %D %e %f %F %G %H %I %j %k %l %m %M %n %p %P %r %R
/// %s %S %t %T %u %V %w %x %X %y %Y %z %:z %Z %%` with `-` before the letter to leave out padding; names are
/// English, `%f` milliseconds. Fails on another letter.
[[nodiscard]] Result<std::string> format_moment(double moment, std::string_view format, const TimeZone& zone);

/// ISO 8601: a date, and behind `T` or a blank a time, a fraction and `Z` or an offset; the later parts may
/// be missing. `zone` holds where the text names none.
[[nodiscard]] Result<double> parse_iso_date(std::string_view text, const TimeZone& zone);

/// As a format of strptime says: `%a %A %b %B %d %e %f %F %H %I %j %m %M %p %s %S %T %y %Y %z %%`; a blank
/// stands for any number of blanks. What the format does not name is 1970-01-01T00:00:00.
[[nodiscard]] Result<double> parse_date_as(std::string_view text, std::string_view format,
                                           const TimeZone& zone);

/// The two largest units, `1h 5m`; below a second `250ms`.
[[nodiscard]] std::string format_duration(double milliseconds);

}  // namespace ruff::builtins

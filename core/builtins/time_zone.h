#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/support/result.h"

namespace ruff::builtins {

/// What holds in a zone at some moment.
struct ZoneOffset {
    std::int32_t seconds_east = 0;
    bool is_daylight_saving = false;
    std::string abbreviation;
};

/// A rule of the form of POSIX `TZ`, which holds after the last transition of a zone file:
/// `CET-1CEST,M3.5.0,M10.5.0/3`.
struct ZoneRule {
    struct Change {
        enum class Kind : std::uint8_t { MonthWeekDay, JulianDay, DayOfYear } kind = Kind::MonthWeekDay;
        int month = 0, week = 0, day = 0;
        std::int32_t time = 7200;  // seconds after midnight, local
    };
    ZoneOffset standard;
    ZoneOffset daylight;
    bool has_daylight = false;
    Change start, end;
};

/// Reads the `TZ` form. Fails on what is not one.
[[nodiscard]] Result<ZoneRule> parse_zone_rule(std::string_view text);

/// A time zone: a fixed offset, or the transitions of a file of the system's zone database (RFC 8536).
class TimeZone {
  public:
    /// `UTC`, `local`, `Z`, `+HH:MM`, `-HHMM`, or a name of the zone database. Zones are read once a thread
    /// and kept.
    [[nodiscard]] static Result<std::shared_ptr<const TimeZone>> find(std::string_view name);
    /// A zone from the bytes of a zone file.
    [[nodiscard]] static Result<TimeZone> from_file(std::string_view bytes);
    [[nodiscard]] static TimeZone fixed(std::int32_t seconds_east, std::string abbreviation);

    /// What holds at a moment (seconds since 1970 UTC).
    [[nodiscard]] ZoneOffset offset_at(std::int64_t moment) const;
    /// The moment of a local time. One that occurs twice means its first occurrence; one that is skipped is
    /// as far behind the change as it was meant to be.
    [[nodiscard]] std::int64_t moment_of(std::int64_t local_seconds) const;

  private:
    std::vector<std::int64_t> transitions_;       // ascending
    std::vector<std::uint8_t> transition_types_;  // index into types_: what holds from there on
    std::vector<ZoneOffset> types_;               // [0] holds before the first transition
    ZoneRule rule_;
    bool has_rule_ = false;
};

}  // namespace ruff::builtins

// Bodies of the family `time`.
#include <cmath>
#include <ctime>
#include <string>

#include "core/builtins/bodies.h"
#include "core/builtins/calendar.h"
#include "core/builtins/date_text.h"
#include "core/builtins/elements.h"
#include "core/builtins/gate.h"
#include "core/vm/operations.h"
#include "core/vm/string.h"
#include "core/vm/vm.h"

namespace ruff::builtins {
namespace {

using vm::Call;
using vm::ErrorKind;
using vm::Outcome;
using vm::Value;

using Zone = std::shared_ptr<const TimeZone>;

std::int64_t nanoseconds_of(clockid_t clock) {
    timespec at{};
    clock_gettime(clock, &at);
    return static_cast<std::int64_t>(at.tv_sec) * 1'000'000'000 + at.tv_nsec;
}

// Nanoseconds of a clock, through the gate. False: raised.
bool read_clock(Call& call, clockid_t clock, std::int64_t& nanoseconds) {
    if (!pass_gate(call)) return false;
    nanoseconds = nanoseconds_of(clock);
    if (clock == CLOCK_MONOTONIC) nanoseconds += call.vm.scheduler.skipped();
    return true;
}

// A reading of a clock in units of `unit` nanoseconds.
Outcome done_whole_units(Call& call, clockid_t clock, std::int64_t unit) {
    std::int64_t nanoseconds = 0;
    if (!read_clock(call, clock, nanoseconds)) return Outcome::Raised;
    return call.done(Value::integer(nanoseconds / unit));
}

// The zone that an argument names; null after raising.
Zone find_zone(Call& call, std::uint32_t argument) {
    Result<Zone> zone = TimeZone::find(call.text(argument));
    if (zone) return *zone;
    raise_value_error(call, zone.error().message);
    return nullptr;
}

bool split_argument(Call& call, SplitMoment& split) {
    Result<SplitMoment> result = split_moment(call.number(0));
    if (!result) {
        raise_value_error(call, result.error().message);
        return false;
    }
    split = *result;
    return true;
}

// The entry of a dict of parts as a number; 0 when it is missing. False: raised.
bool read_part(Call& call, std::string_view name, bool is_whole, double& amount) {
    const Value* part = find_option(call, 1, name);
    amount = 0;
    if (part == nullptr) return true;
    if (!part->is_number() || (is_whole && !part->is_int())) {
        call.raise(ErrorKind::Type, "date_add: `" + std::string(name) + "` expects " +
                                        (is_whole ? "int" : "number") + ", got " +
                                        std::string(value_kind_name(part->kind())));
        return false;
    }
    amount = part->as_number();
    constexpr double kLargest = 1e15;
    if (std::fabs(amount) <= kLargest) return true;
    raise_value_error(call, "`" + std::string(name) + "` is out of range");
    return false;
}

}  // namespace

namespace bodies {

// ---- Clocks -----------------------------------------------------------------------------------------------

Outcome now(Call& call) {
    std::int64_t nanoseconds = 0;
    if (!read_clock(call, CLOCK_REALTIME, nanoseconds)) return Outcome::Raised;
    return call.done(Value::floating(static_cast<double>(nanoseconds) / 1e9));
}

Outcome time(Call& call) { return done_whole_units(call, CLOCK_REALTIME, 1'000'000); }
Outcome now_unix(Call& call) { return done_whole_units(call, CLOCK_REALTIME, 1'000'000'000); }
Outcome time_us(Call& call) { return done_whole_units(call, CLOCK_MONOTONIC, 1000); }
Outcome time_ns(Call& call) { return done_whole_units(call, CLOCK_MONOTONIC, 1); }

Outcome now_utc(Call& call) {
    std::int64_t nanoseconds = 0;
    if (!read_clock(call, CLOCK_REALTIME, nanoseconds)) return Outcome::Raised;
    double moment = std::floor(static_cast<double>(nanoseconds) / 1e6) / 1e3;
    return call.done_text(*format_moment(moment, "%Y-%m-%dT%H:%M:%S.%fZ", TimeZone::fixed(0, "UTC")));
}

Outcome performance_now(Call& call) {
    std::int64_t nanoseconds = 0;
    if (!read_clock(call, CLOCK_MONOTONIC, nanoseconds)) return Outcome::Raised;
    return call.done(Value::floating(static_cast<double>(nanoseconds) / 1e6));
}

Outcome elapsed(Call& call) {
    if (!call.is_null(1)) return call.done(Value::floating(call.number(1) - call.number(0)));
    std::int64_t nanoseconds = 0;
    if (!read_clock(call, CLOCK_MONOTONIC, nanoseconds)) return Outcome::Raised;
    return call.done(Value::floating(static_cast<double>(nanoseconds) / 1e6 - call.number(0)));
}

// ---- Dates ------------------------------------------------------------------------------------------------

Outcome format_date(Call& call) {
    Zone zone = find_zone(call, 2);
    if (zone == nullptr) return Outcome::Raised;
    Result<std::string> text = format_moment(call.number(0), call.text(1), *zone);
    return text ? call.done_text(*text) : raise_value_error(call, text.error().message);
}

Outcome parse_date(Call& call) {
    Zone zone = find_zone(call, 2);
    if (zone == nullptr) return Outcome::Raised;
    Result<double> moment = call.is_null(1) ? parse_iso_date(call.text(0), *zone)
                                            : parse_date_as(call.text(0), call.text(1), *zone);
    return moment ? call.done(Value::floating(*moment)) : raise_value_error(call, moment.error().message);
}

Outcome date_parts(Call& call) {
    SplitMoment split;
    Zone zone = find_zone(call, 1);
    if (zone == nullptr || !split_argument(call, split)) return Outcome::Raised;
    ZoneOffset offset = zone->offset_at(split.seconds);
    CivilTime local = civil_from_seconds(split.seconds + offset.seconds_east);
    DictBuilder parts(11);
    parts.set("year", Value::integer(local.date.year));
    parts.set("month", Value::integer(local.date.month));
    parts.set("day", Value::integer(local.date.day));
    parts.set("hour", Value::integer(local.hour));
    parts.set("minute", Value::integer(local.minute));
    parts.set("second", Value::integer(local.second));
    parts.set("millisecond", Value::integer(split.milliseconds));
    parts.set("weekday", Value::integer(weekday_of(days_from_civil(local.date))));
    parts.set("yearday", Value::integer(day_of_year(local.date)));
    parts.set("offset", Value::integer(offset.seconds_east));
    parts.set("zone", vm::make_string(offset.abbreviation));
    return parts.done(call);
}

Outcome date_add(Call& call) {
    SplitMoment split;
    Zone zone = find_zone(call, 2);
    if (zone == nullptr || !split_argument(call, split)) return Outcome::Raised;
    if (!check_options(call, 1,
                       {"years", "months", "weeks", "days", "hours", "minutes", "seconds", "milliseconds"}))
        return Outcome::Raised;
    double years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0, milliseconds = 0;
    bool is_read = read_part(call, "years", true, years) && read_part(call, "months", true, months) &&
                   read_part(call, "weeks", true, weeks) && read_part(call, "days", true, days) &&
                   read_part(call, "hours", false, hours) && read_part(call, "minutes", false, minutes) &&
                   read_part(call, "seconds", false, seconds) &&
                   read_part(call, "milliseconds", false, milliseconds);
    if (!is_read) return Outcome::Raised;

    double moment = call.number(0);
    if (years != 0 || months != 0 || weeks != 0 || days != 0) {
        CivilTime local = civil_from_seconds(split.seconds + zone->offset_at(split.seconds).seconds_east);
        local.date = add_months(local.date, static_cast<std::int64_t>(years * 12 + months));
        double day = static_cast<double>(days_from_civil(local.date)) + weeks * 7 + days;
        if (std::fabs(day) * 86400 > static_cast<double>(kMaxSeconds))
            return raise_value_error(call, "the time is out of range");
        local.date = civil_from_days(static_cast<std::int64_t>(day));
        moment = static_cast<double>(zone->moment_of(seconds_from_civil(local))) + split.milliseconds / 1e3;
    }
    moment += hours * 3600 + minutes * 60 + seconds + milliseconds / 1e3;
    Result<SplitMoment> result = split_moment(moment);
    return result ? call.done(Value::floating(moment)) : raise_value_error(call, result.error().message);
}

Outcome format_duration(Call& call) { return call.done_text(builtins::format_duration(call.number(0))); }

/// The clock that `sleep` goes by, in milliseconds; virtual in tests.
Outcome loop_time(Call& call) { return call.done(vm::Value::floating(static_cast<double>(call.vm.scheduler.now()) / 1e6)); }

}  // namespace bodies
}  // namespace ruff::builtins

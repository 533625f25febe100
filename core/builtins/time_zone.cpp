#include "core/builtins/time_zone.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <map>

#include "core/builtins/calendar.h"

namespace ruff::builtins {
namespace {

constexpr std::int32_t kMaxOffset = 26 * 3600;

Error invalid(std::string message) { return Error{ErrorCode::Invalid, std::move(message)}; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// ---- POSIX TZ rules ---------------------------------------------------------------------------------------

class RuleReader {
  public:
    explicit RuleReader(std::string_view text) : text_(text) {}

    // rule ::= name offset [name [offset] [',' change ',' change]]
    Result<ZoneRule> read() {
        ZoneRule rule;
        bool is_fine = read_name(rule.standard.abbreviation) && read_time(rule.standard.seconds_east);
        rule.standard.seconds_east = -rule.standard.seconds_east;  // POSIX counts to the west
        if (is_fine && !text_.empty()) {
            rule.has_daylight = true;
            is_fine = read_daylight(rule);
        }
        if (!is_fine || !text_.empty()) return invalid("a malformed time zone rule");
        return rule;
    }

  private:
    bool read_daylight(ZoneRule& rule) {
        rule.daylight.is_daylight_saving = true;
        rule.daylight.seconds_east = rule.standard.seconds_east + 3600;
        if (!read_name(rule.daylight.abbreviation)) return false;
        if (!text_.empty() && text_.front() != ',') {
            std::int32_t west = 0;
            if (!read_time(west)) return false;
            rule.daylight.seconds_east = -west;
        }
        return take(',') && read_change(rule.start) && take(',') && read_change(rule.end);
    }

    // name ::= letters | '<' … '>'
    bool read_name(std::string& name) {
        bool is_quoted = take('<');
        while (!text_.empty() && (is_quoted ? text_.front() != '>'
                                            : std::isalpha(static_cast<unsigned char>(text_.front())) != 0)) {
            name += text_.front();
            text_.remove_prefix(1);
        }
        return name.size() >= 3 && (!is_quoted || take('>'));
    }

    // time ::= ['+' | '-'] hours [':' minutes [':' seconds]]
    bool read_time(std::int32_t& seconds) {
        bool is_negative = take('-');
        if (!is_negative) take('+');
        int hours = 0, minutes = 0, rest = 0;
        if (!read_number(hours, 167)) return false;
        if (take(':') && !read_number(minutes, 59)) return false;
        if (take(':') && !read_number(rest, 59)) return false;
        seconds = (hours * 3600 + minutes * 60 + rest) * (is_negative ? -1 : 1);
        return true;
    }

    // change ::= ('M' month '.' week '.' day | 'J' day | day) ['/' time]
    bool read_change(ZoneRule::Change& change) {
        bool is_fine = false;
        if (take('M')) {
            is_fine = read_number(change.month, 12) && take('.') && read_number(change.week, 5) &&
                      take('.') && read_number(change.day, 6) && change.month > 0 && change.week > 0;
        } else {
            change.kind = take('J') ? ZoneRule::Change::Kind::JulianDay : ZoneRule::Change::Kind::DayOfYear;
            is_fine = read_number(change.day, 365);
        }
        if (is_fine && take('/')) return read_time(change.time);
        return is_fine;
    }

    bool read_number(int& value, int limit) {
        if (text_.empty() || !is_digit(text_.front())) return false;
        value = 0;
        while (!text_.empty() && is_digit(text_.front()) && value <= limit) {
            value = value * 10 + (text_.front() - '0');
            text_.remove_prefix(1);
        }
        return value <= limit;
    }

    bool take(char wanted) {
        if (text_.empty() || text_.front() != wanted) return false;
        text_.remove_prefix(1);
        return true;
    }

    std::string_view text_;
};

// The day of `year` on which a change takes place, as days since 1970.
std::int64_t day_of_change(const ZoneRule::Change& change, std::int64_t year) {
    std::int64_t january = days_from_civil({year, 1, 1});
    switch (change.kind) {
        case ZoneRule::Change::Kind::DayOfYear: return january + change.day;
        case ZoneRule::Change::Kind::JulianDay: {  // 1 to 365, February 29 is never counted
            bool is_after_february = is_leap_year(year) && change.day >= 60;
            return january + change.day - 1 + (is_after_february ? 1 : 0);
        }
        case ZoneRule::Change::Kind::MonthWeekDay: break;
    }
    std::int64_t first = days_from_civil({year, change.month, 1});
    int wanted = change.day == 0 ? 7 : change.day;
    std::int64_t day = first + (wanted - weekday_of(first) + 7) % 7 + (change.week - 1) * 7;
    while (day >= first + days_in_month(year, change.month)) day -= 7;
    return day;
}

const ZoneOffset& offset_by_rule(const ZoneRule& rule, std::int64_t moment) {
    if (!rule.has_daylight) return rule.standard;
    std::int64_t year = civil_from_seconds(moment + rule.standard.seconds_east).date.year;
    std::int64_t start =
        day_of_change(rule.start, year) * 86400 + rule.start.time - rule.standard.seconds_east;
    std::int64_t end = day_of_change(rule.end, year) * 86400 + rule.end.time - rule.daylight.seconds_east;
    bool is_daylight = start < end ? moment >= start && moment < end : moment >= start || moment < end;
    return is_daylight ? rule.daylight : rule.standard;
}

// ---- Zone files -------------------------------------------------------------------------------------------

// A cursor over big-endian numbers; reading past the end gives zeros and is remembered.
class BinaryReader {
  public:
    explicit BinaryReader(std::string_view bytes) : bytes_(bytes) {}
    std::uint64_t number(int size) {
        if (bytes_.size() < static_cast<std::size_t>(size)) {
            is_short_ = true;
            return 0;
        }
        std::uint64_t value = 0;
        for (int i = 0; i < size; ++i)
            value = value << 8 | static_cast<unsigned char>(bytes_[static_cast<std::size_t>(i)]);
        bytes_.remove_prefix(static_cast<std::size_t>(size));
        return value;
    }
    std::string_view take(std::size_t size) {
        if (bytes_.size() < size) {
            is_short_ = true;
            return {};
        }
        std::string_view taken = bytes_.substr(0, size);
        bytes_.remove_prefix(size);
        return taken;
    }
    [[nodiscard]] bool is_short() const { return is_short_; }
    [[nodiscard]] std::string_view rest() const { return bytes_; }

  private:
    std::string_view bytes_;
    bool is_short_ = false;
};

struct ZoneHeader {
    std::size_t is_ut_count, is_standard_count, leap_count, time_count, type_count, name_size;
};

bool read_header(BinaryReader& reader, ZoneHeader& header) {
    if (reader.take(4) != "TZif") return false;
    if (reader.take(1).empty()) return false;
    reader.take(15);
    for (std::size_t* field : {&header.is_ut_count, &header.is_standard_count, &header.leap_count,
                               &header.time_count, &header.type_count, &header.name_size}) {
        *field = reader.number(4);
    }
    return !reader.is_short() && header.type_count > 0 && header.time_count < 100'000;
}

// The whole of a small file; empty if it cannot be read.
std::string read_small_file(const std::string& path) {
    int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return {};
    std::string bytes(256 * 1024, '\0');
    ssize_t size = ::read(descriptor, bytes.data(), bytes.size());
    ::close(descriptor);
    bytes.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    return bytes;
}

bool is_zone_name(std::string_view name) {
    if (name.empty() || name.front() == '/' || name.find("..") != std::string_view::npos) return false;
    return std::all_of(name.begin(), name.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '/' || c == '_' || c == '-' ||
               c == '+';
    });
}

// offset ::= ('+' | '-') HH [[':'] MM]
bool parse_offset(std::string_view text, std::int32_t& seconds) {
    if (text.empty() || (text.front() != '+' && text.front() != '-')) return false;
    int sign = text.front() == '-' ? -1 : 1;
    std::string digits;
    for (char c : text.substr(1)) {
        if (c == ':' && digits.size() == 2) continue;
        if (!is_digit(c)) return false;
        digits += c;
    }
    if (digits.size() != 2 && digits.size() != 4) return false;
    int hours = std::atoi(digits.substr(0, 2).c_str());
    int minutes = digits.size() == 4 ? std::atoi(digits.substr(2).c_str()) : 0;
    seconds = sign * (hours * 3600 + minutes * 60);
    return minutes < 60 && hours * 3600 <= kMaxOffset;
}

TimeZone local_zone() {
    const char* variable = std::getenv("TZ");
    std::string name = variable == nullptr ? "" : variable;
    if (name.starts_with(':')) name.erase(0, 1);
    if (is_zone_name(name)) {
        if (Result<TimeZone> zone = TimeZone::from_file(read_small_file("/usr/share/zoneinfo/" + name)))
            return *zone;
    }
    if (variable == nullptr) {
        if (Result<TimeZone> zone = TimeZone::from_file(read_small_file("/etc/localtime"))) return *zone;
    }
    return TimeZone::fixed(0, "UTC");
}

}  // namespace

Result<ZoneRule> parse_zone_rule(std::string_view text) { return RuleReader(text).read(); }

TimeZone TimeZone::fixed(std::int32_t seconds_east, std::string abbreviation) {
    TimeZone zone;
    zone.types_.push_back({seconds_east, false, std::move(abbreviation)});
    return zone;
}

// Version 2 and later files repeat everything with 64-bit times behind a first block, which is skipped.
Result<TimeZone> TimeZone::from_file(std::string_view bytes) {
    BinaryReader reader(bytes);
    ZoneHeader header{};
    if (!read_header(reader, header) || bytes[4] < '2') return invalid("not a time zone file");
    reader.take(header.time_count * 5 + header.type_count * 6 + header.name_size + header.leap_count * 8 +
                header.is_standard_count + header.is_ut_count);
    if (!read_header(reader, header)) return invalid("not a time zone file");

    TimeZone zone;
    for (std::size_t i = 0; i < header.time_count; ++i) {
        zone.transitions_.push_back(static_cast<std::int64_t>(reader.number(8)));
    }
    for (std::size_t i = 0; i < header.time_count; ++i) {
        auto type = static_cast<std::uint8_t>(reader.number(1));
        if (type >= header.type_count) return invalid("a damaged time zone file");
        zone.transition_types_.push_back(type);
    }
    std::vector<std::size_t> name_offsets;
    for (std::size_t i = 0; i < header.type_count; ++i) {
        auto seconds = static_cast<std::int32_t>(static_cast<std::uint32_t>(reader.number(4)));
        bool is_daylight = reader.number(1) != 0;
        name_offsets.push_back(reader.number(1));
        zone.types_.push_back({seconds, is_daylight, {}});
    }
    std::string_view names = reader.take(header.name_size);
    reader.take(header.leap_count * 12 + header.is_standard_count + header.is_ut_count);
    if (reader.is_short()) return invalid("a damaged time zone file");
    for (std::size_t i = 0; i < header.type_count; ++i) {
        std::string_view name = names.substr(std::min(name_offsets[i], names.size()));
        zone.types_[i].abbreviation = name.substr(0, name.find('\0'));
    }
    std::string_view footer = reader.rest();
    if (footer.size() > 2 && footer.front() == '\n') {
        Result<ZoneRule> rule = parse_zone_rule(footer.substr(1, footer.find('\n', 1) - 1));
        zone.has_rule_ = rule.has_value();
        if (rule) zone.rule_ = *std::move(rule);
    }
    return zone;
}

Result<std::shared_ptr<const TimeZone>> TimeZone::find(std::string_view name) {
    static thread_local std::map<std::string, std::shared_ptr<const TimeZone>, std::less<>> kept;
    if (auto known = kept.find(name); known != kept.end()) return known->second;
    std::int32_t offset = 0;
    Result<TimeZone> zone = invalid("");
    if (name == "UTC" || name == "Z" || name == "utc") {
        zone = TimeZone::fixed(0, "UTC");
    } else if (name == "local") {
        zone = local_zone();
    } else if (parse_offset(name, offset)) {
        zone = TimeZone::fixed(offset, std::string(name));
    } else if (is_zone_name(name)) {
        zone = TimeZone::from_file(read_small_file("/usr/share/zoneinfo/" + std::string(name)));
    }
    if (!zone) return invalid("unknown time zone \"" + std::string(name) + "\"");
    auto shared = std::make_shared<const TimeZone>(*std::move(zone));
    kept.emplace(name, shared);
    return std::shared_ptr<const TimeZone>(shared);
}

ZoneOffset TimeZone::offset_at(std::int64_t moment) const {
    auto after = std::upper_bound(transitions_.begin(), transitions_.end(), moment);
    if (has_rule_ && after == transitions_.end()) return offset_by_rule(rule_, moment);
    if (after == transitions_.begin()) return types_[0];
    return types_[transition_types_[static_cast<std::size_t>(after - transitions_.begin()) - 1]];
}

std::int64_t TimeZone::moment_of(std::int64_t local_seconds) const {
    // The offsets a day before and a day after are the only candidates; changes are further apart than that.
    std::int32_t before = offset_at(local_seconds - 86400).seconds_east;
    std::int32_t after = offset_at(local_seconds + 86400).seconds_east;
    std::int64_t early = local_seconds - before;
    if (offset_at(early).seconds_east == before) return early;
    std::int64_t late = local_seconds - after;
    return offset_at(late).seconds_east == after ? late : early;
}

}  // namespace ruff::builtins

#include "core/builtins/date_text.h"

#include <array>
#include <cmath>
#include <cstdlib>
#include <iterator>

#include "core/builtins/calendar.h"

namespace ruff::builtins {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"January",   "February", "March",    "April",
                                                      "May",       "June",     "July",     "August",
                                                      "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 7> kWeekdays = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                       "Friday", "Saturday", "Sunday"};

Error invalid(std::string message) { return Error{ErrorCode::Invalid, std::move(message)}; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// ---- Writing ----------------------------------------------------------------------------------------------

struct LocalMoment {
    std::int64_t seconds;  // UTC
    int milliseconds;
    ZoneOffset offset;
    CivilTime time;
    std::int64_t days;
};

std::string padded(std::int64_t number, std::size_t width, char fill) {
    std::string digits = std::to_string(number < 0 ? -number : number);
    if (fill != '\0' && digits.size() < width) digits.insert(0, width - digits.size(), fill);
    return number < 0 ? "-" + digits : digits;
}

std::string offset_text(std::int32_t seconds_east, bool has_colon) {
    std::int32_t magnitude = std::abs(seconds_east) / 60;
    std::string out(1, seconds_east < 0 ? '-' : '+');
    return out + padded(magnitude / 60, 2, '0') + (has_colon ? ":" : "") + padded(magnitude % 60, 2, '0');
}

std::string iso_text(const LocalMoment& at) {
    const CivilTime& t = at.time;
    std::string out = padded(t.date.year, 4, '0') + "-" + padded(t.date.month, 2, '0') + "-" +
                      padded(t.date.day, 2, '0') + "T" + padded(t.hour, 2, '0') + ":" +
                      padded(t.minute, 2, '0') + ":" + padded(t.second, 2, '0');
    if (at.milliseconds != 0) out += "." + padded(at.milliseconds, 3, '0');
    return out + (at.offset.seconds_east == 0 ? "Z" : offset_text(at.offset.seconds_east, true));
}

std::string formatted(const LocalMoment& at, std::string_view format, std::string& mistake);

// One conversion; `no_padding` is its `-`.
std::string converted(const LocalMoment& at, char letter, bool no_padding, std::string& mistake) {
    const CivilTime& t = at.time;
    char zero = no_padding ? '\0' : '0';
    char blank = no_padding ? '\0' : ' ';
    int weekday = weekday_of(at.days);
    int hour_of_12 = t.hour % 12 == 0 ? 12 : t.hour % 12;
    auto month = static_cast<std::size_t>(t.date.month - 1);
    auto day_name = kWeekdays[static_cast<std::size_t>(weekday - 1)];
    switch (letter) {
        case 'a': return std::string(day_name.substr(0, 3));
        case 'A': return std::string(day_name);
        case 'b':
        case 'h': return std::string(kMonths[month].substr(0, 3));
        case 'B': return std::string(kMonths[month]);
        case 'c': return formatted(at, "%a %b %e %H:%M:%S %Y", mistake);
        case 'C': return padded(t.date.year / 100, 2, zero);
        case 'd': return padded(t.date.day, 2, zero);
        case 'D':
        case 'x': return formatted(at, "%m/%d/%y", mistake);
        case 'e': return padded(t.date.day, 2, blank);
        case 'f': return padded(at.milliseconds, 3, zero);
        case 'F': return formatted(at, "%Y-%m-%d", mistake);
        case 'G': return padded(iso_week_of(at.days).year, 4, zero);
        case 'H': return padded(t.hour, 2, zero);
        case 'I': return padded(hour_of_12, 2, zero);
        case 'j': return padded(day_of_year(t.date), 3, zero);
        case 'k': return padded(t.hour, 2, blank);
        case 'l': return padded(hour_of_12, 2, blank);
        case 'm': return padded(t.date.month, 2, zero);
        case 'M': return padded(t.minute, 2, zero);
        case 'n': return "\n";
        case 'p': return t.hour < 12 ? "AM" : "PM";
        case 'P': return t.hour < 12 ? "am" : "pm";
        case 'r': return formatted(at, "%I:%M:%S %p", mistake);
        case 'R': return formatted(at, "%H:%M", mistake);
        case 's': return std::to_string(at.seconds);
        case 'S': return padded(t.second, 2, zero);
        case 't': return "\t";
        case 'T':
        case 'X': return formatted(at, "%H:%M:%S", mistake);
        case 'u': return std::to_string(weekday);
        case 'V': return padded(iso_week_of(at.days).week, 2, zero);
        case 'w': return std::to_string(weekday % 7);
        case 'y': return padded(((t.date.year % 100) + 100) % 100, 2, zero);
        case 'Y': return padded(t.date.year, no_padding ? 0 : 4, '0');
        case 'z': return offset_text(at.offset.seconds_east, false);
        case 'Z': return at.offset.abbreviation;
        case '%': return "%";
        default: break;
    }
    mistake = std::string("unknown conversion `%") + letter + "`";
    return {};
}

std::string formatted(const LocalMoment& at, std::string_view format, std::string& mistake) {
    std::string out;
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] != '%') {
            out += format[i];
            continue;
        }
        bool has_modifier = i + 2 < format.size() && (format[i + 1] == '-' || format[i + 1] == ':');
        char modifier = has_modifier ? format[i + 1] : '\0';
        i += has_modifier ? 2 : 1;
        if (i >= format.size()) {
            mistake = "a `%` at the end; write `%%` for the character";
        } else if (modifier == ':') {
            out += format[i] == 'z' ? offset_text(at.offset.seconds_east, true)
                                    : (mistake = "`%:` stands before `z` only", "");
        } else {
            out += converted(at, format[i], modifier == '-', mistake);
        }
    }
    return out;
}

// ---- Reading ----------------------------------------------------------------------------------------------

// What a text told so far.
struct DateFields {
    std::int64_t year = 1970;
    int month = 1, day = 1, year_day = 0;
    int hour = 0, minute = 0, second = 0;
    double fraction = 0;
    bool is_12_hour = false, is_afternoon = false;
    bool has_offset = false;
    std::int32_t offset = 0;
    bool has_unix = false;
    std::int64_t unix_seconds = 0;
};

class DateReader {
  public:
    explicit DateReader(std::string_view text) : text_(text), rest_(text) {}

    DateFields fields;

    [[nodiscard]] bool is_at_end() const { return rest_.empty(); }
    [[nodiscard]] std::string_view rest() const { return rest_; }

    bool take(char wanted) {
        if (rest_.empty() || rest_.front() != wanted) return false;
        rest_.remove_prefix(1);
        return true;
    }

    void skip_blanks() {
        while (!rest_.empty() && (rest_.front() == ' ' || (rest_.front() >= '\t' && rest_.front() <= '\r')))
            rest_.remove_prefix(1);
    }

    // `least` to `most` digits.
    bool read_number(std::int64_t& value, std::size_t least, std::size_t most) {
        std::size_t size = 0;
        value = 0;
        while (size < most && size < rest_.size() && is_digit(rest_[size]))
            value = value * 10 + (rest_[size++] - '0');
        rest_.remove_prefix(size);
        return size >= least;
    }
    bool read_number(int& value, std::size_t least, std::size_t most) {
        std::int64_t wide = 0;
        bool is_read = read_number(wide, least, most);
        value = static_cast<int>(wide);
        return is_read;
    }

    bool read_fraction() {
        double scale = 0.1;
        std::size_t size = 0;
        for (; size < rest_.size() && is_digit(rest_[size]); ++size) {
            fields.fraction += (rest_[size] - '0') * scale;
            scale /= 10;
        }
        rest_.remove_prefix(size);
        return size > 0;
    }

    // offset ::= 'Z' | ('+' | '-') HH [[':'] MM]
    bool read_offset() {
        fields.has_offset = true;
        if (take('Z') || take('z')) return true;
        bool is_negative = take('-');
        if (!is_negative && !take('+')) return false;
        int hours = 0, minutes = 0;
        if (!read_number(hours, 2, 2)) return false;
        bool has_colon = take(':');
        if ((has_colon || (!rest_.empty() && is_digit(rest_.front()))) && !read_number(minutes, 2, 2))
            return false;
        fields.offset = (hours * 3600 + minutes * 60) * (is_negative ? -1 : 1);
        return hours <= 24 && minutes < 60;
    }

    // A name of the list, whole or its first three letters, in any case. Gives its place, or -1.
    template <std::size_t N>
    int read_name(const std::array<std::string_view, N>& names) {
        for (std::size_t i = 0; i < N; ++i) {
            for (std::size_t size : {names[i].size(), std::size_t{3}}) {
                if (!starts_with_folded(names[i].substr(0, size))) continue;
                rest_.remove_prefix(size);
                return static_cast<int>(i);
            }
        }
        return -1;
    }

    bool starts_with_folded(std::string_view word) const {
        if (rest_.size() < word.size()) return false;
        for (std::size_t i = 0; i < word.size(); ++i) {
            if ((rest_[i] | 32) != (word[i] | 32)) return false;
        }
        return true;
    }

    Result<double> moment(const TimeZone& zone) const {
        if (fields.has_unix) return static_cast<double>(fields.unix_seconds) + fields.fraction;
        DateFields f = fields;
        if (f.is_12_hour) {
            if (f.hour < 1 || f.hour > 12) return no_such_date();
            f.hour = f.hour % 12 + (f.is_afternoon ? 12 : 0);
        }
        if (f.year_day != 0) {
            if (f.year_day > (is_leap_year(f.year) ? 366 : 365)) return no_such_date();
            CivilDate date = civil_from_days(days_from_civil({f.year, 1, 1}) + f.year_day - 1);
            f.month = date.month;
            f.day = date.day;
        }
        bool is_date = f.month >= 1 && f.month <= 12 && f.day >= 1 && f.day <= days_in_month(f.year, f.month);
        bool is_midnight_after = f.hour == 24 && f.minute == 0 && f.second == 0 && f.fraction == 0;
        bool is_time = (f.hour <= 23 || is_midnight_after) && f.minute <= 59 && f.second <= 60;
        if (!is_date || !is_time) return no_such_date();
        std::int64_t local = seconds_from_civil({{f.year, f.month, f.day}, f.hour, f.minute, f.second});
        std::int64_t seconds = f.has_offset ? local - f.offset : zone.moment_of(local);
        return static_cast<double>(seconds) + f.fraction;
    }

    Error no_match() const {
        return invalid(
            "cannot read \"" + std::string(text_) + "\" as a date" +
            (rest_.empty() ? ": it ends too early" : ": unexpected \"" + std::string(rest_) + "\""));
    }
    Error no_such_date() const {
        return invalid("\"" + std::string(text_) + "\" is no date: there is no such day or time");
    }

  private:
    std::string_view text_;
    std::string_view rest_;
};

bool read_by_format(DateReader& reader, std::string_view format, std::string& mistake);

// strptime's two-digit years: 69 to 99 are in the 20th century.
std::int64_t full_year(std::int64_t two_digits) { return two_digits + (two_digits < 69 ? 2000 : 1900); }

bool read_conversion(DateReader& reader, char letter, std::string& mistake) {
    DateFields& f = reader.fields;
    switch (letter) {
        case 'a':
        case 'A': return reader.read_name(kWeekdays) >= 0;
        case 'b':
        case 'B':
        case 'h': return (f.month = reader.read_name(kMonths) + 1) > 0;
        case 'd':
        case 'e': reader.skip_blanks(); return reader.read_number(f.day, 1, 2);
        case 'f': return reader.read_fraction();
        case 'F': return read_by_format(reader, "%Y-%m-%d", mistake);
        case 'D': return read_by_format(reader, "%m/%d/%y", mistake);
        case 'T': return read_by_format(reader, "%H:%M:%S", mistake);
        case 'R': return read_by_format(reader, "%H:%M", mistake);
        case 'H':
        case 'k': reader.skip_blanks(); return reader.read_number(f.hour, 1, 2);
        case 'I':
        case 'l':
            f.is_12_hour = true;
            reader.skip_blanks();
            return reader.read_number(f.hour, 1, 2);
        case 'j': return reader.read_number(f.year_day, 1, 3) && f.year_day > 0;
        case 'm': return reader.read_number(f.month, 1, 2);
        case 'M': return reader.read_number(f.minute, 1, 2);
        case 'p':
        case 'P':
            f.is_12_hour = true;
            f.is_afternoon = reader.starts_with_folded("pm");
            if (!f.is_afternoon && !reader.starts_with_folded("am")) return false;
            return (reader.take('A') || reader.take('a') || reader.take('P') || reader.take('p')) &&
                   (reader.take('M') || reader.take('m'));
        case 's': {
            f.has_unix = true;
            bool is_negative = reader.take('-');
            if (!reader.read_number(f.unix_seconds, 1, 13)) return false;
            if (is_negative) f.unix_seconds = -f.unix_seconds;
            return true;
        }
        case 'S': return reader.read_number(f.second, 1, 2);
        case 'y': {
            std::int64_t year = 0;
            bool is_read = reader.read_number(year, 2, 2);
            f.year = full_year(year);
            return is_read;
        }
        case 'Y': {
            bool is_negative = reader.take('-');
            bool is_read = reader.read_number(f.year, 1, 6);
            if (is_negative) f.year = -f.year;
            return is_read;
        }
        case 'z': return reader.read_offset();
        case '%': return reader.take('%');
        default: break;
    }
    mistake = std::string("unknown conversion `%") + letter + "`";
    return false;
}

bool read_by_format(DateReader& reader, std::string_view format, std::string& mistake) {
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] == ' ') {
            reader.skip_blanks();
        } else if (format[i] != '%') {
            if (!reader.take(format[i])) return false;
        } else {
            ++i;
            if (i < format.size() && (format[i] == '-' || format[i] == ':')) ++i;
            if (!read_conversion(reader, i < format.size() ? format[i] : '\0', mistake)) return false;
        }
    }
    return true;
}

// iso ::= YYYY '-' MM ['-' DD] [('T' | ' ') HH ':' MM [':' SS ['.' fraction]] [offset]]
bool read_iso(DateReader& reader) {
    DateFields& f = reader.fields;
    if (!reader.read_number(f.year, 4, 4) || !reader.take('-') || !reader.read_number(f.month, 2, 2))
        return false;
    if (reader.take('-') && !reader.read_number(f.day, 2, 2)) return false;
    if (reader.is_at_end()) return true;
    if (!reader.take('T') && !reader.take('t') && !reader.take(' ')) return false;
    if (!reader.read_number(f.hour, 2, 2) || !reader.take(':') || !reader.read_number(f.minute, 2, 2))
        return false;
    if (reader.take(':')) {
        if (!reader.read_number(f.second, 2, 2)) return false;
        if ((reader.take('.') || reader.take(',')) && !reader.read_fraction()) return false;
    }
    if (reader.is_at_end()) return true;
    reader.take(' ');
    return reader.read_offset();
}

}  // namespace

Result<SplitMoment> split_moment(double moment) {
    if (!(std::fabs(moment) <= static_cast<double>(kMaxSeconds))) return invalid("the time is out of range");
    double seconds = std::floor(moment);
    auto milliseconds = static_cast<int>(std::lround((moment - seconds) * 1000));
    SplitMoment split{static_cast<std::int64_t>(seconds), milliseconds};
    if (milliseconds == 1000) split = {split.seconds + 1, 0};
    return split;
}

Result<std::string> format_moment(double moment, std::string_view format, const TimeZone& zone) {
    RUFF_TRY(SplitMoment split, split_moment(moment));
    LocalMoment at{split.seconds, split.milliseconds, zone.offset_at(split.seconds), {}, 0};
    at.time = civil_from_seconds(split.seconds + at.offset.seconds_east);
    at.days = days_from_civil(at.time.date);
    if (format == "ISO") return iso_text(at);
    std::string mistake;
    std::string text = formatted(at, format, mistake);
    if (!mistake.empty()) return invalid(std::move(mistake));
    return text;
}

Result<double> parse_iso_date(std::string_view text, const TimeZone& zone) {
    DateReader reader(text);
    if (!read_iso(reader) || !reader.is_at_end()) return reader.no_match();
    return reader.moment(zone);
}

Result<double> parse_date_as(std::string_view text, std::string_view format, const TimeZone& zone) {
    DateReader reader(text);
    std::string mistake;
    bool is_read = read_by_format(reader, format, mistake);
    if (!mistake.empty()) return invalid(std::move(mistake));
    if (!is_read || !reader.is_at_end()) return reader.no_match();
    return reader.moment(zone);
}

std::string format_duration(double milliseconds) {
    struct Unit {
        std::int64_t milliseconds;
        const char* name;
    };
    constexpr Unit kUnits[] = {{86'400'000, "d"}, {3'600'000, "h"}, {60'000, "m"}, {1000, "s"}, {1, "ms"}};
    if (!std::isfinite(milliseconds) || std::fabs(milliseconds) > 9e15) return "forever";
    auto rest = static_cast<std::int64_t>(std::llround(std::fabs(milliseconds)));
    std::string sign = milliseconds < 0 && rest > 0 ? "-" : "";
    for (std::size_t i = 0; i < std::size(kUnits); ++i) {
        if (rest < kUnits[i].milliseconds) continue;
        std::string out = sign + std::to_string(rest / kUnits[i].milliseconds) + kUnits[i].name;
        if (i + 1 == std::size(kUnits)) return out;
        std::int64_t next = rest % kUnits[i].milliseconds / kUnits[i + 1].milliseconds;
        return next == 0 ? out : out + " " + std::to_string(next) + kUnits[i + 1].name;
    }
    return "0ms";
}

}  // namespace ruff::builtins

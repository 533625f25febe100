#include "core/builtins/number_text.h"

#include <charconv>
#include <cstdlib>
#include <limits>
#include <string>

namespace ruff::builtins {
namespace {

std::string_view without_blanks(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\n\r\f\v";
    std::size_t start = text.find_first_not_of(kBlanks);
    if (start == std::string_view::npos) return {};
    return text.substr(start, text.find_last_not_of(kBlanks) - start + 1);
}

// The text in quotes, cut when it is long, for messages.
std::string quoted(std::string_view text) {
    constexpr std::size_t kLongest = 60;
    if (text.size() <= kLongest) return "\"" + std::string(text) + "\"";
    std::size_t end = kLongest;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return "\"" + std::string(text.substr(0, end)) + "…\"";
}

int digit_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'z') return c - 'a' + 10;
    if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
    return 99;
}

bool has_prefix(std::string_view digits, int base) {
    char letter = base == 16 ? 'x' : base == 8 ? 'o' : base == 2 ? 'b' : '\0';
    return letter != '\0' && digits.size() > 2 && digits[0] == '0' && (digits[1] | 32) == letter;
}

}  // namespace

Result<std::int64_t> read_integer(std::string_view text, int base) {
    std::string_view digits = without_blanks(text);
    bool is_negative = digits.starts_with('-');
    if (is_negative || digits.starts_with('+')) digits.remove_prefix(1);
    if (has_prefix(digits, base)) digits.remove_prefix(2);
    std::uint64_t limit =
        static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) + (is_negative ? 1 : 0);
    std::uint64_t value = 0;
    bool needs_digit = true;
    bool is_too_large = false;
    for (char c : digits) {
        if (c == '_' && !needs_digit) {
            needs_digit = true;
            continue;
        }
        int digit = digit_value(c);
        if (digit >= base) {
            needs_digit = true;
            break;
        }
        needs_digit = false;
        is_too_large |=
            value > (limit - static_cast<std::uint64_t>(digit)) / static_cast<std::uint64_t>(base);
        value = value * static_cast<std::uint64_t>(base) + static_cast<std::uint64_t>(digit);
    }
    if (needs_digit) {
        std::string in_base = base == 10 ? "" : " in base " + std::to_string(base);
        return Error{ErrorCode::Invalid, quoted(text) + " is not a whole number" + in_base};
    }
    if (is_too_large) return Error{ErrorCode::Invalid, quoted(text) + " is out of range"};
    return static_cast<std::int64_t>(is_negative ? ~value + 1 : value);
}

Result<double> read_float(std::string_view text) {
    std::string_view digits = without_blanks(text);
    if (digits.starts_with('+') && !digits.starts_with("+-")) digits.remove_prefix(1);
    double value = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    bool is_whole = end == digits.data() + digits.size() && !digits.empty();
    if (!is_whole || error == std::errc::invalid_argument)
        return Error{ErrorCode::Invalid, quoted(text) + " is not a number"};
    if (error == std::errc::result_out_of_range) return std::strtod(std::string(digits).c_str(), nullptr);
    return value;
}

}  // namespace ruff::builtins
